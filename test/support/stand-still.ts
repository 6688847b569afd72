/** What a busy machine does to a process: it stands still, while time goes by and data waits in its sockets. */
export function standStill(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}
