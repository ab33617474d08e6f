//! What shoppers write, in the benchmarks.

/// Of every kind: orders, the FAQ, neither; short, long, with slips. None asks for a person:
/// after that the FAQ isn't read out in its conversation, and that is measured, too.
pub const VARIED: [&str; 20] = [
    "Where is my order #1001?",
    "hi, wheres my package?? it was supposed to arrive on tuesday",
    "how do i send something back??",
    "Do you ship abroad?",
    "thanks!",
    "I ordered a linen duvet cover last week and the tracking page has said \"in transit\" for five days now. Could you please check what is going on with it? My order number is 1003 and the email is lena.fischer@example.com.",
    "Is returning an item free?",
    "has order 1004 shipped yet",
    "my pillowcase has a hole in it",
    "wehn will my oder get here",
    "Can I pay with PayPal?",
    "What's the weather like where you are?",
    "Please cancel order #1002, I chose the wrong size.",
    "track my parcel pls",
    "do you have this in green?",
    "Are you open on Sundays?",
    "How much is shipping?",
    "👍",
    "Can I exchange an item for another size or colour?",
    "no it still hasn't come, this is getting ridiculous, I've been waiting for two weeks and nobody tells me anything",
];

/// None that the AI has anything to say to.
pub const SMALL_TALK: [&str; 8] = [
    "hello?",
    "Good morning!",
    "The linen one, in sand, as in the second picture.",
    "ok, I'll wait",
    "It is for our new flat, we move in next month and I am still looking for curtains that fit.",
    "yes please",
    "Just a moment, I am looking for it.",
    "👍",
];

/// A question that the rules answer from the demo shop's orders.
pub const ORDER_QUESTION: &str = "Where is my order #1001?";

/// A question that the demo shop's FAQ answers.
pub const FAQ_QUESTION: &str = "how do i send something back??";
