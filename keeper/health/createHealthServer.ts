import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { AppError } from '../../sdk/errors';

export interface Endpoint {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export interface CreateHealthServerParameters {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** By path, asked anew on every request. */
  readonly endpoints: Readonly<Record<string, () => Endpoint | Promise<Endpoint>>>;
}

export interface HealthServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves `endpoints` to GET requests.
 * @throws AppError `port_unavailable`
 */
export async function createHealthServer({
  host,
  port,
  endpoints,
}: CreateHealthServerParameters): Promise<HealthServer> {
  const server = createServer((request, response) => {
    void answer(request).then((endpoint) => {
      const { status, type, body } = endpoint;
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    });
  });

  async function answer({ method, url }: IncomingMessage): Promise<Endpoint> {
    if (method !== 'GET' && method !== 'HEAD') return text(405, 'GET only');
    const [path = '/'] = (url ?? '/').split('?');
    const endpoint = Object.hasOwn(endpoints, path) ? endpoints[path] : undefined;
    if (endpoint === undefined) return text(404, Object.keys(endpoints).join('\n'));
    try {
      return await endpoint();
    } catch {
      return text(500, 'failed'); // this says nothing of the keeper's work, so it goes no further
    }
  }

  const { port: taken } = await listen(server, host, port);
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new AppError(`cannot listen on ${host}:${port}: choose another --port (0 picks one)`, {
          code: 'port_unavailable',
          cause,
        }),
      ),
    );
    server.listen(port, host, () => resolve(server.address() as AddressInfo));
  });
}

function text(status: number, body: string): Endpoint {
  return { status, type: 'text/plain; charset=utf-8', body: `${body}\n` };
}
