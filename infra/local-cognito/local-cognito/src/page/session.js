// Session of one user at a time, of the user pool or of the directory.

let leave = () => {};

// Ends the session of the previous user; `forget` clears that of the new one.
export function takeOver(forget) {
  leave();
  leave = forget;
}
