# SPDX-License-Identifier: GPL-2.0
"""The lab's modules import each other without a circle, and nobody imports the table of parts."""
import ast
import os
import unittest

from lab.common import LAB, ROOT

# Imported by the command alone: it knows everybody, so nobody may know it.
TABLE, ITS_USER = "lab.checks.table", "lab.checks.check"


def sources():
    """module -> path of all Python in the lab but its tests."""
    found = {}
    for here, _, names in os.walk(LAB):
        for name in names:
            path = os.path.join(here, name)
            module = os.path.relpath(path, ROOT).removesuffix(".py").replace(os.sep, ".")
            if name.endswith(".py") and not module.startswith("lab.tests"):
                found[module.removesuffix(".__init__")] = path
    return found


def imported(text, modules):
    """Those of @modules that a source imports."""
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return names & set(modules)


def circle(graph):
    """The nodes of a circle, [] where there is none."""
    done, way = set(), []

    def walk(node):
        if node in way:
            return way[way.index(node):] + [node]
        if node in done:
            return []
        way.append(node)
        for other in sorted(graph.get(node, ())):
            if found := walk(other):
                return found
        done.add(way.pop())
        return []

    return next(filter(None, map(walk, sorted(graph))), [])


def packages_of(graph):
    """The same between packages: what a module of one imports from another."""
    def package(name):
        return name.rpartition(".")[0] if name.count(".") > 1 else name

    return {mine: {package(other) for name, others in graph.items() if package(name) == mine
                   for other in others} - {mine}
            for mine in map(package, graph)}


class Structure(unittest.TestCase):
    def setUp(self):
        self.graph = {}
        modules = sources()
        for module, path in modules.items():
            with open(path) as file:
                self.graph[module] = imported(file.read(), modules) - {module}

    def test_finds_circles(self):
        self.assertEqual(circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}), ["b", "c", "b"])
        self.assertEqual(circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}), [])

    def test_reads_imports(self):
        text = "import os\nfrom lab.a import b\nfrom lab import c\ndef f():\n    import lab.d\n"
        self.assertEqual(imported(text, {"lab.a.b", "lab.c", "lab.d", "lab.e"}),
                         {"lab.a.b", "lab.c", "lab.d"})

    def test_modules(self):
        self.assertEqual(circle(self.graph), [])

    def test_packages(self):
        self.assertEqual(circle(packages_of(self.graph)), [])

    def test_table(self):
        users = {module for module, others in self.graph.items() if TABLE in others}
        self.assertEqual(users, {ITS_USER})
        users = {module for module, others in self.graph.items() if ITS_USER in others}
        self.assertEqual(users, {"lab.commands"})


if __name__ == "__main__":
    unittest.main()
