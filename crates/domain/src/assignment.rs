//! Who of a team is given the next conversation, where a rule decides it.

use crate::{ids::UserId, presence::Presence};

/// Somebody who may be given a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub user: UserId,
    /// Whether they are there.
    pub presence: Presence,
    /// How many open conversations they have: neither snoozed nor spam.
    pub open: i64,
    /// When it was last their turn: the greater, the later. 0: it never was.
    pub last_turn: i64,
}

/// Whose turn it is: of those who are available and have fewer open conversations than
/// `limit`, the one who was given one longest ago. 0 is no limit.
#[must_use]
pub fn next(team: &[Candidate], limit: u32) -> Option<UserId> {
    let takes = |one: &&Candidate| {
        one.presence == Presence::Available && (limit == 0 || one.open < i64::from(limit))
    };
    // Two who never had one are told apart by their ids, so that two servers choose the same.
    let turn = team
        .iter()
        .filter(takes)
        .min_by_key(|one| (one.last_turn, one.user));
    turn.map(|one| one.user)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn somebody(presence: Presence, open: i64, last_turn: i64) -> Candidate {
        Candidate {
            user: UserId::generate(),
            presence,
            open,
            last_turn,
        }
    }

    fn anybody() -> impl Strategy<Value = Candidate> {
        let presence = prop_oneof![
            Just(Presence::Available),
            Just(Presence::Away),
            Just(Presence::Offline),
        ];
        (presence, 0..6_i64, 0..40_i64)
            .prop_map(|(presence, open, last_turn)| somebody(presence, open, last_turn))
    }

    /// Gives one conversation, as the database does.
    fn give(team: &mut [Candidate], limit: u32) -> Option<UserId> {
        let user = next(team, limit)?;
        let turn = team.iter().map(|one| one.last_turn).max().unwrap_or(0) + 1;
        let chosen = team.iter_mut().find(|one| one.user == user)?;
        chosen.open += 1;
        chosen.last_turn = turn;
        Some(user)
    }

    #[test]
    fn who_was_given_one_longest_ago_is_next() {
        let team = [
            somebody(Presence::Available, 0, 7),
            somebody(Presence::Available, 3, 2),
            somebody(Presence::Away, 0, 0),
            somebody(Presence::Offline, 0, 1),
        ];
        assert_eq!(next(&team, 0), Some(team[1].user));
        assert_eq!(next(&team, 4), Some(team[1].user));
        assert_eq!(next(&team, 3), Some(team[0].user));
        assert_eq!(next(&team[2..], 0), None);
        assert_eq!(next(&[], 0), None);
    }

    proptest! {
        #[test]
        fn only_who_is_there_and_below_the_limit_is_chosen(
            team in proptest::collection::vec(anybody(), 0..8),
            limit in 0..6_u32,
        ) {
            let takes = |one: &Candidate| {
                one.presence == Presence::Available && (limit == 0 || one.open < i64::from(limit))
            };
            match next(&team, limit) {
                None => prop_assert!(!team.iter().any(takes)),
                Some(user) => {
                    let chosen = team.iter().find(|one| one.user == user).expect("of the team");
                    prop_assert!(takes(chosen));
                    prop_assert!(
                        team.iter().filter(|one| takes(one)).all(|one| one.last_turn >= chosen.last_turn)
                    );
                }
            }
        }

        #[test]
        fn whoever_stays_gets_as_many_as_the_others(
            mut team in proptest::collection::vec(anybody(), 1..8),
            count in 0..60_usize,
        ) {
            let there = team.iter().filter(|one| one.presence == Presence::Available).count();
            let before: Vec<_> = team.iter().map(|one| one.open).collect();
            for _ in 0..count {
                give(&mut team, 0);
            }
            for (one, before) in team.iter().zip(before) {
                let given = usize::try_from(one.open - before).expect("more");
                match one.presence {
                    Presence::Available => {
                        prop_assert!(given >= count / there && given <= count.div_ceil(there));
                    }
                    _ => prop_assert_eq!(given, 0),
                }
            }
        }

        #[test]
        fn nobody_gets_more_than_the_limit(
            mut team in proptest::collection::vec(anybody(), 0..8),
            limit in 1..6_u32,
        ) {
            let most = team.clone();
            while give(&mut team, limit).is_some() {}
            for (one, before) in team.iter().zip(most) {
                let full = i64::from(limit).max(before.open);
                match one.presence {
                    Presence::Available => prop_assert_eq!(one.open, full),
                    _ => prop_assert_eq!(one.open, before.open),
                }
            }
        }
    }
}
