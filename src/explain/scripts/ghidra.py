# Adds what binscribe suggests to a program in Ghidra: as plate comments, nothing is renamed.
#
# Run it from the Script Manager and choose, or without a window:
#   analyzeHeadless PROJECT NAME -process PROGRAM -postScript THIS_FILE list|add|remove
#
#@category Binscribe

@CORE@

from ghidra.program.model.listing import CodeUnit


class Plate(object):
    """The comment above an address."""

    def __init__(self, address):
        self.address = address

    def get(self):
        return currentProgram.getListing().getComment(CodeUnit.PLATE_COMMENT, self.address)

    def set(self, text):
        listing = currentProgram.getListing()
        listing.setComment(self.address, CodeUnit.PLATE_COMMENT, text if text else None)


class Ghidra(object):
    def bases(self):
        # Ghidra moves programs that may be moved to 0x100000.
        return [currentProgram.getImageBase().getOffset()]

    def sha256(self):
        return currentProgram.getExecutableSHA256()

    def at(self, address):
        return currentProgram.getAddressFactory().getDefaultAddressSpace().getAddress('%x' % address)

    def is_function(self, address):
        return currentProgram.getFunctionManager().getFunctionAt(self.at(address)) is not None

    def is_mapped(self, address):
        return currentProgram.getMemory().contains(self.at(address))

    def places(self, address):
        return [Plate(self.at(address))]

    def say(self, text):
        println(text)


def chosen_action():
    arguments = list(getScriptArgs())
    if arguments:
        return str(arguments[0])
    if isRunningHeadless():
        return 'list'
    return str(askChoice('Binscribe', 'List, add or remove its comments', list(ACTIONS), 'list'))


run(Ghidra(), chosen_action())
