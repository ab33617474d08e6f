//! What no door shows: who is told of which wait.

use super::*;
use domain::ids::ConversationId;

fn member(wants_mail: bool) -> Recipient {
    Recipient {
        user_id: UserId::generate(),
        wants_mail,
    }
}

fn due(assignee_id: Option<UserId>) -> Due {
    Due {
        conversation_id: ConversationId::generate(),
        since: 0,
        assignee_id,
    }
}

fn told(assignee_id: Option<UserId>, team: &[Recipient]) -> Vec<UserId> {
    told_of(&due(assignee_id), team).collect()
}

#[test]
fn what_is_nobodys_is_told_to_all_who_want_it() {
    let team = [member(true), member(false), member(true)];
    assert_eq!(told(None, &team), [team[0].user_id, team[2].user_id]);
}

#[test]
fn what_is_somebodys_is_told_to_them_and_nobody_else() {
    let team = [member(true), member(false), member(true)];
    assert_eq!(told(Some(team[2].user_id), &team), [team[2].user_id]);
    assert_eq!(told(Some(team[1].user_id), &team), []);
}

#[test]
fn what_somebody_has_who_left_is_told_to_all() {
    let team = [member(true), member(true)];
    let gone = UserId::generate();
    assert_eq!(told(Some(gone), &team).len(), 2);
}
