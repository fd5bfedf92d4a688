import { basename } from 'node:path';

import { findPolicy, type PolicyFile } from '../../deploy';

/** A policy under the name that report and messages call it by: that of its file where one was named. */
export function titledPolicy(nameOrPath: string): PolicyFile {
  const { policy, title } = findPolicy(nameOrPath);
  return { ...policy, name: basename(title) };
}
