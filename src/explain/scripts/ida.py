# Adds what binscribe suggests to a database of IDA: as comments of functions, nothing is renamed.
#
# Run it by File > Script file and choose, or by: idat -A -S"THIS_FILE add" DATABASE

@CORE@

import ida_bytes
import ida_funcs
import ida_ida
import ida_kernwin
import ida_nalt
import idc


class OfFunction(object):
    """The comment of a function."""

    def __init__(self, function):
        self.function = function

    def get(self):
        return ida_funcs.get_func_cmt(self.function, False)

    def set(self, text):
        ida_funcs.set_func_cmt(self.function, text, False)


class OfLine(object):
    """The comment of a line."""

    def __init__(self, address):
        self.address = address

    def get(self):
        return ida_bytes.get_cmt(self.address, False)

    def set(self, text):
        ida_bytes.set_cmt(self.address, text, False)


class Ida(object):
    def bases(self):
        # The second where the loader has not said the first; it begins with the first page of the file.
        lowest = ida_ida.inf_get_min_ea()
        return [ida_nalt.get_imagebase(), lowest - lowest % 0x1000]

    def sha256(self):
        found = ida_nalt.retrieve_input_file_sha256()
        return ''.join(['%02x' % byte for byte in bytearray(found)]) if found else None

    def function(self, address):
        found = ida_funcs.get_func(address)
        return found if found is not None and found.start_ea == address else None

    def is_function(self, address):
        return self.function(address) is not None

    def is_mapped(self, address):
        return ida_bytes.is_mapped(address)

    def places(self, address):
        found = self.function(address)
        line = OfLine(address)
        return [line] if found is None else [OfFunction(found), line]

    def say(self, text):
        ida_kernwin.msg(text + '\n')


def chosen_action():
    if len(idc.ARGV) > 1:
        return idc.ARGV[1]
    answers = {1: 'add', 0: 'remove', -1: 'list'}
    question = 'Comments of binscribe: add them, remove them, or only list what would be done?'
    return answers[ida_kernwin.ask_buttons('~A~dd', '~R~emove', '~L~ist', -1, question)]


run(Ida(), chosen_action())
