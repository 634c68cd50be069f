// One person at a time is signed in, of the user pool or of the directory.

let leave = () => {};

// Whoever was signed in before is forgotten; `forget` forgets the one who is now.
export function takeOver(forget) {
  leave();
  leave = forget;
}
