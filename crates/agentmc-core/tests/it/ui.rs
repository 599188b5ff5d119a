//! Declarations that must not compile, and what the compiler says of each.

#[test]
fn a_wrong_declaration_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
