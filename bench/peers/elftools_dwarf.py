"""The functions that a program's debugging information describes, by pyelftools: the lines of facts of ours-dwarf.ts,
for C. Called with a case, a folder and a number of steps, as bench/duel.ts says."""

import hashlib
import json
import resource
import sys
import time

from elftools.elf.elffile import ELFFile

case = json.load(open(f"{sys.argv[2]}/case.json"))
QUALIFIERS = {"DW_TAG_const_type": "const", "DW_TAG_volatile_type": "volatile", "DW_TAG_restrict_type": "restrict"}
ORDER = ["const", "volatile", "restrict"]
UNNAMED = {"DW_TAG_structure_type": "structure ", "DW_TAG_union_type": "union ", "DW_TAG_enumeration_type": "enumeration "}
types = {}


def text_of(die, name):
    attribute = die.attributes.get(name)
    return attribute.value.decode() if attribute else None


def reference(die, name):
    return die.get_DIE_from_attribute(name) if name in die.attributes else None


def type_of(die):
    return reference(die, "DW_AT_type")


def origins(die):
    """A subprogram or parameter and what it comes from, each once."""
    chain, seen = [die], {die.offset}
    for link in chain:
        for name in ("DW_AT_abstract_origin", "DW_AT_specification"):
            target = reference(link, name)
            if target is not None and target.offset not in seen:
                seen.add(target.offset)
                chain.append(target)
    return chain


def first(chain, read):
    for die in chain:
        value = read(die)
        if value is not None:
            return value
    return None


# A type as what stands before a name and what stands behind it, whether the former ends in a word, whether a pointer
# to it needs parentheses, and whether a qualifier stands behind it.
def named(name):
    return (name, "", True, False, False)


def describe(die):
    if die is None:
        return named("void")
    known = types.get(die.offset)
    if known is None:
        known = types[die.offset] = compose(die)
    return known


def compose(die):
    tag = die.tag
    if tag == "DW_TAG_pointer_type":
        before, after, word, parenthesised, _ = describe(type_of(die))
        before += (" " if word else "") + ("(" if parenthesised else "") + "*"
        return (before, (")" if parenthesised else "") + after, False, False, True)
    if tag == "DW_TAG_subroutine_type":
        return function_type(die, [])
    if tag == "DW_TAG_array_type":
        before, after, word, _, behind = describe(type_of(die))
        bounds = "".join(bound(child) for child in die.iter_children() if child.tag == "DW_TAG_subrange_type")
        return (before, bounds + after, word, True, behind)
    if tag in QUALIFIERS:
        found, inner = set(), die
        while inner is not None and inner.tag in QUALIFIERS:
            found.add(QUALIFIERS[inner.tag])
            inner = type_of(inner)
        words = [word for word in ORDER if word in found]
        if inner is not None and inner.tag == "DW_TAG_subroutine_type":
            return function_type(inner, words)
        before, after, word, parenthesised, behind = describe(inner)
        if behind:
            return (before + " ".join(words), after, True, parenthesised, False)
        return (" ".join(words) + " " + before, after, word, parenthesised, behind)
    if tag == "DW_TAG_atomic_type":
        before, after, *_ = describe(type_of(die))
        return named(f"_Atomic({before}{after})")
    name = text_of(die, "DW_AT_name")
    return named(name if name is not None else UNNAMED.get(tag, ""))


def function_type(die, qualifiers):
    before, after, word, _, _ = describe(type_of(die))
    parameters = []
    for child in die.iter_children():
        if child.tag == "DW_TAG_unspecified_parameters":
            parameters.append("...")
        elif child.tag == "DW_TAG_formal_parameter":
            inner = describe(type_of(child))
            parameters.append(inner[0] + inner[1])
    text = "(" + ", ".join(parameters) + ")" + "".join(f" {word}" for word in qualifiers)
    return (before + " " if word else before, text + after, False, True, False)


def bound(die):
    for name, more in (("DW_AT_count", 0), ("DW_AT_upper_bound", 1)):
        attribute = die.attributes.get(name)
        if attribute is not None and isinstance(attribute.value, int) and "ref" not in attribute.form:
            return f"[{attribute.value + more}]" if attribute.value >= 0 else "[]"
    return "[]"


def file_name(die, lines):
    attribute = die.attributes.get("DW_AT_decl_file")
    if attribute is None:
        return None
    unit = die.cu
    program = lines.get(unit.cu_offset)
    if program is None:
        program = lines[unit.cu_offset] = unit.dwarfinfo.line_program_for_CU(unit).header
    version = program["version"]
    index = attribute.value - (0 if version >= 5 else 1)
    entry = program["file_entry"][index]
    directories = program["include_directory"]
    name = entry.name.decode()
    if name.startswith("/"):
        return name
    where = entry.dir_index - (0 if version >= 5 else 1)
    compiled = text_of(unit.get_top_DIE(), "DW_AT_comp_dir") or ""
    directory = directories[where].decode() if where >= 0 else compiled
    if not directory.startswith("/"):
        directory = compiled + "/" + directory
    return directory + "/" + name


def show(value):
    return "" if value is None else str(value)


def main():
    started = time.perf_counter()
    lines, line_programs = [], {}
    with open(case["path"], "rb") as file:
        dwarf = ELFFile(file).get_dwarf_info()
        ranges = dwarf.range_lists()
        for unit in dwarf.iter_CUs():
            base = unit.get_top_DIE().attributes.get("DW_AT_low_pc")
            for die in unit.iter_DIEs():
                if die.tag != "DW_TAG_subprogram":
                    continue
                if "DW_AT_low_pc" in die.attributes:
                    start = die.attributes["DW_AT_low_pc"].value
                elif "DW_AT_ranges" in die.attributes:
                    entries = ranges.get_range_list_at_offset(die.attributes["DW_AT_ranges"].value, unit)
                    entry = next(e for e in entries if hasattr(e, "begin_offset"))
                    start = entry.begin_offset
                    if not getattr(entry, "is_absolute", False):
                        start += base.value if base else 0
                else:
                    continue
                entry_pc = die.attributes.get("DW_AT_entry_pc")
                if entry_pc is not None:
                    start = entry_pc.value if "addr" in entry_pc.form else start + entry_pc.value
                chain = origins(die)
                result = describe(first(chain, type_of))
                facts = [
                    show(first(chain, lambda d: text_of(d, "DW_AT_name"))),
                    str(start),
                    show(first(chain, lambda d: file_name(d, line_programs))),
                    show(first(chain, lambda d: d.attributes["DW_AT_decl_line"].value if "DW_AT_decl_line" in d.attributes else None)),
                    result[0] + result[1],
                ]
                for child in die.iter_children():
                    if child.tag != "DW_TAG_formal_parameter":
                        continue
                    links = origins(child)
                    name = first(links, lambda d: text_of(d, "DW_AT_name"))
                    kind = describe(first(links, type_of))
                    facts.append(f"{'null' if name is None else name}: {kind[0]}{kind[1]}")
                lines.append("|".join(facts))
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    milliseconds = (time.perf_counter() - started) * 1000
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"milliseconds": milliseconds, "digest": digest, "count": len(lines), "peakMemory": peak}))
    if "dump" in case:
        open(case["dump"] + ".peer", "w").write("\n".join(lines))


main()
