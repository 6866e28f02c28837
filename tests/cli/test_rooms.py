#!/usr/bin/env python3
"""The rooms of bench/ keep their directions: bench/CMakeLists.txt says what each may call (pvt_room), and neither an include nor a
symbol goes elsewhere; within a room no more than three files form a circle. Arguments: source folder, build folder."""
import pathlib
import re
import subprocess
import sys

CIRCLE_MOST = 3

def read_rooms(src):
    """Each room and all that it is linked to, through others too."""
    text = (src / 'bench/CMakeLists.txt').read_text()
    lines = re.findall(r'^pvt_room\((\w+) ?([^)]*)\)', text, re.M)
    names = {name for name, _ in lines}
    direct = {name: names & set(rest.replace('PRIVATE', '').split()) for name, rest in lines}
    def reach(name):
        return direct[name].union(*(reach(other) for other in direct[name]))
    return {name: reach(name) for name in names}

def wrong_includes(src, rooms):
    for room, may in rooms.items():
        for path in sorted((src / 'bench' / room).iterdir()):
            if path.suffix not in ('.c', '.cc', '.h', '.def'):
                continue
            for other in re.findall(r'^#include "bench/(\w+)[/.]', path.read_text(), re.M):
                if other != room and other != 'version' and other not in may:
                    yield f'{path.relative_to(src)} includes of {other}, which {room} is not linked to'

def read_symbols(archive):
    """Of each object of an archive: what it defines and what it asks for."""
    objects, current = {}, None
    for line in subprocess.run(['nm', '-g', archive], capture_output=True, text=True, check=True).stdout.splitlines():
        words = line.split()
        if line.endswith(':'):
            current = objects[line[:-1]] = (set(), set())
        elif words and current:
            current[words[-2] == 'U'].add(words[-1])
    return objects

def wrong_calls(symbols, rooms):
    home = {name: room for room, objects in symbols.items() for defined, _ in objects.values() for name in defined}
    for room, objects in symbols.items():
        for file, (_, wanted) in objects.items():
            for name in sorted(wanted):
                other = home.get(name, room)
                if other != room and other not in rooms[room]:
                    yield f'{room}/{file} uses {name} of {other}, which {room} is not linked to'

def circles(objects):
    """Tarjan's strongly connected components (SIAM J. Comput. 1(2), 1972) of who uses whose symbols."""
    home = {name: file for file, (defined, _) in objects.items() for name in defined}
    uses = {file: {home[n] for n in wanted if n in home} for file, (_, wanted) in objects.items()}
    index, low, stack, found = {}, {}, [], []
    def visit(file):
        index[file] = low[file] = len(index)
        stack.append(file)
        for other in uses[file]:
            if other not in index:
                visit(other)
                low[file] = min(low[file], low[other])
            elif other in stack:
                low[file] = min(low[file], index[other])
        if low[file] == index[file]:
            found.append(stack[stack.index(file):])
            del stack[stack.index(file):]
    for file in uses:
        if file not in index:
            visit(file)
    return [c for c in found if len(c) > CIRCLE_MOST]

def main(src, build):
    src, build = pathlib.Path(src), pathlib.Path(build)
    rooms = read_rooms(src)
    folders = {p.name for p in (src / 'bench').iterdir() if p.is_dir()} - {'peers'}
    faults = [f'bench/{name} is a folder and no room, or a room without a folder' for name in folders ^ set(rooms)]
    faults += wrong_includes(src, rooms)
    symbols = {room: read_symbols(build / f'bench/lib{room}.a') for room in rooms}
    faults += wrong_calls(symbols, rooms)
    for room, objects in symbols.items():
        faults += [f'{room}: a circle of {len(c)} files: {", ".join(sorted(c))}' for c in circles(objects)]
    for fault in faults:
        print('FAILED:', fault)
    print(f'{len(rooms)} rooms, {sum(map(len, symbols.values()))} files, {len(faults)} faults')
    return 1 if faults or len(rooms) < 5 else 0

sys.exit(main(*sys.argv[1:3]))
