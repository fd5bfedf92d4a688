/** Frames of a world that is being made: the loader of fixtures, and what deploys the system. */
const SET_UP = /loadFixture\.[jt]s:|[/\\( ]deploy[/\\][\w/\\]*\.[jt]s:/;

/** Whether what failed in mocha was not the test itself: a hook, a fixture or the deployment. */
export function isSetUp({ type, stack }: { readonly type: string; readonly stack: string }): boolean {
  return type === 'hook' || SET_UP.test(stack);
}
