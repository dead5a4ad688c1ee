/** Who may use which route: data, so that a test can walk it and the reference can be held against it. */

/**
 * `owner`: signed in with the owner's password. `viewer`: who shows a key to look, or the owner.
 * `anyone`: whoever reaches the port.
 */
export type Role = 'anyone' | 'viewer' | 'owner';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface RouteSpec {
  readonly method: Method;
  /** As the router matches it: `/api/events/:id`. */
  readonly path: string;
  readonly role: Role;
  /** The longest JSON body that is read; 4 kB unless said. */
  readonly bodyLimit?: '128kb';
}

/** `PUT /api/owner`: how handlers, tests and the reference name a route. */
export type RouteName<R extends RouteSpec> = R extends RouteSpec ? `${R['method']} ${R['path']}` : never;

export const routeName = <R extends RouteSpec>({ method, path }: R): RouteName<R> =>
  `${method} ${path}` as RouteName<R>;
