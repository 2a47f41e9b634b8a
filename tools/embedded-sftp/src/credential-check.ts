import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();

/** Tells whether a name and a password are the right ones, in a time that says nothing about how near they were. */
export function credentialCheck(username: string, password: string): (name: string, word: string) => boolean {
  const [rightName, rightWord] = [digest(username), digest(password)];
  return (name, word) => {
    const nameHolds = timingSafeEqual(digest(name), rightName);
    const wordHolds = timingSafeEqual(digest(word), rightWord);
    return nameHolds && wordHolds;
  };
}
