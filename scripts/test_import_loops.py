"""Proves on made-up crates that import_loops.py finds loops, and nothing else."""

import unittest

from import_loops import Crate, describe, loops


def graph_of(files):
    sources = {f"src/{name}": text for name, text in files.items()}
    return Crate("src/lib.rs", sources.get).imports()


def loops_of(files):
    return [[name.removeprefix("src/") for name in group] for group in loops(graph_of(files))]


class Loops(unittest.TestCase):
    def test_two_files_that_name_each_other(self):
        files = {
            "lib.rs": "mod a; mod b;",
            "a.rs": "use crate::b::B; pub struct A(B);",
            "b.rs": "use super::a::A; pub struct B(Box<A>);",
        }
        self.assertEqual(loops_of(files), [["a.rs", "b.rs"]])
        (group,) = loops(graph_of(files))
        told = describe(group, graph_of(files))
        self.assertIn("src/a.rs:1: crate::b::B -> src/b.rs", told)
        self.assertIn("src/b.rs:1: super::a::A -> src/a.rs", told)

    def test_a_long_way_round(self):
        files = {
            "lib.rs": "mod a; mod b; mod c; mod d;",
            "a.rs": "pub fn a() { crate::b::b() }",
            "b.rs": "use crate::c;\npub fn b() { c::c() }",
            "c.rs": "use crate::{d, a::{self, a as other}};\npub fn c() { d::d(); other() }",
            "d.rs": "pub fn d() {}",
        }
        self.assertEqual(loops_of(files), [["a.rs", "b.rs", "c.rs"]])

    def test_a_child_that_names_what_its_parent_defines(self):
        files = {
            "lib.rs": "pub mod noun;",
            "noun.rs": "mod queries;\npub struct Noun;\npub fn get() -> Noun { queries::get() }",
            "noun/queries.rs": "use super::Noun;\npub fn get() -> Noun { Noun }",
        }
        self.assertEqual(loops_of(files), [["noun.rs", "noun/queries.rs"]])

    def test_names_that_are_passed_on_lead_to_their_file(self):
        files = {
            "lib.rs": "mod face; mod user; pub use face::Inner as Renamed;",
            "face.rs": "mod inner; pub use inner::*;",
            "face/inner.rs": "use crate::user::User; pub struct Inner(User);",
            "user.rs": "use crate::Renamed; pub struct User(Box<Renamed>);",
        }
        self.assertEqual(loops_of(files), [["face/inner.rs", "user.rs"]])

    def test_a_module_inside_a_file(self):
        files = {
            "lib.rs": "mod a; mod b;",
            "a.rs": "pub mod inside { use super::super::b; pub fn f() { b::g() } }",
            "b.rs": "pub fn g() { crate::a::inside::f() }",
        }
        self.assertEqual(loops_of(files), [["a.rs", "b.rs"]])

    def test_two_loops_are_told_apart(self):
        files = {
            "lib.rs": "mod a; mod b; mod c; mod d;",
            "a.rs": "pub fn a() { crate::b::b() }",
            "b.rs": "pub fn b() { crate::a::a(); crate::c::c() }",
            "c.rs": "pub fn c() { crate::d::d() }",
            "d.rs": "pub fn d() { crate::c::c() }",
        }
        self.assertEqual(loops_of(files), [["a.rs", "b.rs"], ["c.rs", "d.rs"]])


class NoLoops(unittest.TestCase):
    def test_a_parent_that_declares_and_passes_on_its_children(self):
        files = {
            "lib.rs": "pub mod noun;",
            "noun.rs": "pub mod a; mod b; pub use b::B;",
            "noun/a.rs": "use super::B; pub struct A(B);",
            "noun/b.rs": "pub struct B;",
        }
        self.assertEqual(loops_of(files), [])

    def test_a_module_that_is_only_passed_through(self):
        files = {
            "lib.rs": "mod noun; mod user;",
            "noun.rs": "pub mod queries; use crate::user; pub fn f() { user::g() }",
            "noun/queries.rs": "pub fn q() {}",
            "user.rs": "use crate::noun; pub fn g() { noun::queries::q() }",
        }
        self.assertEqual(loops_of(files), [])

    def test_what_tests_name(self):
        files = {
            "lib.rs": "mod a; mod b;",
            "a.rs": "pub fn a() {}\n#[cfg(test)]\nmod tests { use crate::b::b; #[test] fn t() { b() } }",
            "b.rs": "#[cfg(test)]\nuse crate::a::nothing;\npub fn b() { crate::a::a() }",
        }
        self.assertEqual(loops_of(files), [])

    def test_comments_texts_and_other_crates(self):
        files = {
            "lib.rs": "mod a; mod b;",
            "a.rs": 'use b::Outer;\n// crate::b::b()\n/* crate::b::b() /* */ */\n'
            'pub const A: &str = "crate::b::b()"; pub const R: &str = r#"crate::b::b()"#;\n'
            "pub fn f<'a>(x: &'a str) -> char { 'x' }",
            "b.rs": "pub fn b() { crate::a::f(crate::a::A); }",
        }
        self.assertEqual(loops_of(files), [])


if __name__ == "__main__":
    unittest.main()
