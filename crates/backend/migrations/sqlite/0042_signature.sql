-- What somebody writes below their replies; canned responses have it as a variable.
ALTER TABLE users ADD COLUMN signature TEXT;
