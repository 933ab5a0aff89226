# What the scripts for Ghidra and IDA share. It runs under Python 3 and under Jython, which is Python 2.7.

import base64
import json

# A JSON document: nothing of the explained file stands in this script as code.
DATA = ''.join([
    '@DATA@'
])

# Lines that begin so are ours. All others are somebody else's and stay.
TAG = '[binscribe]'

ACTIONS = ('list', 'add', 'remove')


def load():
    return json.loads(base64.b64decode(DATA).decode('utf-8'))


def without_ours(comment):
    return '\n'.join([line for line in comment.split('\n') if not line.startswith(TAG)])


def with_ours(comment, line):
    kept = without_ours(comment)
    return line if kept == '' else kept + '\n' + line


def best_offset(tool, data):
    """How far the tool has moved the program: of what it may be, that under which most functions begin."""
    offsets = []
    for base in tool.bases():
        offset = base - int(data['base'], 16)
        if offset not in offsets:
            offsets.append(offset)
    starts = [int(address, 16) for address, _ in data['comments']]

    def fits(offset):
        return len([start for start in starts if tool.is_function(start + offset)])

    # Of two alike the first.
    return max(offsets, key=fits)


def run(tool, action):
    """Lists, adds or removes the comments. `tool` is what Ghidra or IDA offers, see below."""
    data = load()
    if action not in ACTIONS:
        tool.say('binscribe: %s: one of %s expected' % (action, ', '.join(ACTIONS)))
        return
    hashed = tool.sha256()
    if hashed and hashed != data['sha256']:
        tool.say('binscribe: this is not the file that was explained (%s): nothing done' % data['path'])
        return
    offset = best_offset(tool, data)
    changed, same, skipped = 0, 0, 0
    for text, line in data['comments']:
        address = int(text, 16) + offset
        if not tool.is_mapped(address):
            skipped += 1
            tool.say('0x%x: skipped, nothing lies here' % address)
            continue
        places = tool.places(address)
        # The first place is where a comment belongs; it may have been put into another before.
        wanted = []
        for index, place in enumerate(places):
            now = place.get() or ''
            wanted.append((place, now, with_ours(now, line) if index == 0 else without_ours(now)))
        if action == 'remove':
            wanted = [(place, now, without_ours(now)) for place, now, _ in wanted]
        wanted = [entry for entry in wanted if entry[1] != entry[2]]
        if not wanted:
            same += 1
            continue
        changed += 1
        if action != 'list':
            for place, _, then in wanted:
                place.set(then)
        note = '' if tool.is_function(address) else ' (no function is defined here: a comment on the line)'
        tool.say('0x%x: %s%s' % (address, 'removed' if action == 'remove' else line, note))
    done = {'list': 'would be added or changed', 'add': 'added or changed', 'remove': 'removed'}[action]
    tool.say('binscribe: %d comments %s, %d as they should be, %d skipped' % (changed, done, same, skipped))
    if action == 'list':
        tool.say('binscribe: this was a list only; `add` adds them, `remove` takes them away again')
