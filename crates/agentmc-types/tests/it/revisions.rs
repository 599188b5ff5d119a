//! The published states of the API.

use agentmc_types::Revision;

#[test]
fn a_revision_is_named_after_its_release() {
    for revision in Revision::ALL {
        assert_eq!(revision.to_string().parse(), Ok(*revision));
        assert_eq!(format!(" {revision} ").parse(), Ok(*revision));
    }
    assert_eq!(format!("{:>8}", Revision::V0_1_1), "   0.1.1");
}

#[test]
fn revisions_are_ordered_by_age_and_the_newest_is_the_default() {
    assert!(Revision::ALL.is_sorted());
    assert_eq!(Revision::ALL.last(), Some(&Revision::LATEST));
    assert_eq!(Revision::default(), Revision::LATEST);
}

#[test]
fn an_unknown_revision_is_refused_with_the_known_ones() {
    let error = "0.2".parse::<Revision>().unwrap_err().to_string();
    assert_eq!(error, "there is no revision `0.2`; choose one of 0.1.1, 0.3.64, 0.3.169");
}
