"""Stands in for Ghidra and IDA: as much of their documented interface as our scripts use. Reads a case as JSON from
standard input, runs its script once for each of its actions, and prints the comments after each and what was said.
It runs under Python 3 and 2.7, as the scripts do."""

import io
import json
import sys
import types

case = json.loads(io.open(sys.argv[1], encoding='utf-8').read())
comments = dict((int(at), text) for at, text in case['comments'].items())  # of functions, in Ghidra all
lines = {}  # of lines, in IDA
said = []


class Bag(object):
    """An object of what it is given."""

    def __init__(self, **members):
        self.__dict__.update(members)


class Address(object):
    def __init__(self, offset):
        self.offset = offset

    def getOffset(self):
        return self.offset


def put(store, address, text):
    if text is None or text == '':
        store.pop(address, None)
    else:
        store[address] = text


def module(name, **members):
    made = types.ModuleType(name)
    made.__dict__.update(members)
    sys.modules[name] = made
    parent, _, last = name.rpartition('.')
    if parent:
        setattr(sys.modules[parent], last, made)


def is_mapped(address):
    return case['from'] <= address < case['to']


def ghidra(action):
    plate = object()
    for name in ['ghidra', 'ghidra.program', 'ghidra.program.model']:
        module(name)
    module('ghidra.program.model.listing', CodeUnit=Bag(PLATE_COMMENT=plate))

    def get(kind, address):
        assert kind is plate
        return comments.get(address.offset)

    def set_comment(address, kind, text):
        assert kind is plate
        put(comments, address.offset, text)

    space = Bag(getAddress=lambda text: Address(int(text, 16)))
    program = Bag(
        getImageBase=lambda: Address(case['base']),
        getExecutableSHA256=lambda: case['sha256'],
        getAddressFactory=lambda: Bag(getDefaultAddressSpace=lambda: space),
        getFunctionManager=lambda: Bag(
            getFunctionAt=lambda address: Bag() if address.offset in case['functions'] else None
        ),
        getMemory=lambda: Bag(contains=lambda address: is_mapped(address.offset)),
        getListing=lambda: Bag(getComment=get, setComment=set_comment),
    )
    return {
        'currentProgram': program,
        'println': said.append,
        'getScriptArgs': lambda: [action] if action else [],
        'isRunningHeadless': lambda: True,
        'askChoice': None,
    }


def ida(action):
    def get_func(address):
        # A function is also found by an address inside it.
        for start in case['functions']:
            if start <= address < start + 4:
                return Bag(start_ea=start)
        return None

    def set_cmt(store):
        return lambda key, text, repeatable: put(store, getattr(key, 'start_ea', key), text)

    def get_cmt(store):
        return lambda key, repeatable: store.get(getattr(key, 'start_ea', key))

    module('ida_bytes', get_cmt=get_cmt(lines), set_cmt=set_cmt(lines), is_mapped=is_mapped)
    module('ida_funcs', get_func=get_func, get_func_cmt=get_cmt(comments), set_func_cmt=set_cmt(comments))
    module('ida_ida', inf_get_min_ea=lambda: case['from'])
    module('ida_kernwin', msg=lambda text: said.append(text.rstrip('\n')), ask_buttons=lambda *_: -1)
    module(
        'ida_nalt',
        get_imagebase=lambda: case['base'],
        retrieve_input_file_sha256=lambda: bytes(bytearray.fromhex(case['sha256'])),
    )
    module('idc', ARGV=['script', action] if action else ['script'])
    return {}


states = []
for action in case['actions']:
    scope = {'ghidra': ghidra, 'ida': ida}[case['tool']](action)
    del said[:]
    exec(compile(case['script'], 'script', 'exec'), scope)
    now = dict(comments)
    for address, text in lines.items():
        now[address] = now[address] + '\n' + text if address in now else text
    states.append({'comments': dict((str(at), text) for at, text in now.items()), 'said': list(said)})
print(json.dumps(states))
