import { randomBytes } from 'node:crypto';
import { forbidden, invalidParameter, MatrixError } from './matrix-error.ts';

export interface Device {
  readonly userId: string;
  readonly deviceId: string;
  readonly accessToken: string;
}

export interface LoginRequest {
  /** Local part or full user id. */
  readonly user: string;
  readonly password: string;
  readonly deviceId?: string | undefined;
}

const newToken = (): string => randomBytes(24).toString('base64url');
const newDeviceId = (): string => randomBytes(5).toString('hex').toUpperCase();

/** Users, their devices and tokens, of one server name; the name may hold a port (HiClaw reference, 1.1). */
export class Accounts {
  readonly serverName: string;
  /** HiClaw 1.2 warns that a login may invalidate older tokens; whether it does is a switch (HiClaw reference, 3.3). */
  reloginRevokesOtherDevices = false;
  /** Who may make accounts by the admin API. */
  readonly admins = new Set<string>();
  readonly #passwords = new Map<string, string>();
  readonly #devices = new Map<string, Device>();
  readonly #softLoggedOut = new Set<string>();

  constructor(serverName: string) {
    this.serverName = serverName;
  }

  userId(user: string): string {
    return user.startsWith('@') ? user : `@${user}:${this.serverName}`;
  }

  has(userId: string): boolean {
    return this.#passwords.has(userId);
  }

  create(localpart: string, password: string): string {
    if (!/^[a-z0-9._=/+-]+$/.test(localpart)) {
      throw new MatrixError(400, 'M_INVALID_USERNAME', 'User name holds characters that are not allowed');
    }
    const userId = this.userId(localpart);
    if (this.has(userId)) throw new MatrixError(400, 'M_USER_IN_USE', 'Desired user ID is already taken.');
    this.#passwords.set(userId, password);
    return userId;
  }

  login(request: LoginRequest): Device {
    const userId = this.userId(request.user.toLowerCase());
    if (this.#passwords.get(userId) !== request.password) throw forbidden('Wrong username or password.');
    return this.openDevice(userId, request.deviceId ?? newDeviceId(), newToken());
  }

  /** A device id that is in use keeps its name and gets a new token; the old token ends. */
  openDevice(userId: string, deviceId: string, accessToken: string): Device {
    if (!this.has(userId)) throw invalidParameter(`no such user: ${userId}`);
    for (const device of this.devicesOf(userId)) {
      if (device.deviceId === deviceId || this.reloginRevokesOtherDevices) {
        this.#devices.delete(device.accessToken);
      }
    }
    const device = { userId, deviceId, accessToken };
    this.#devices.set(accessToken, device);
    this.#softLoggedOut.delete(accessToken);
    return device;
  }

  devicesOf(userId: string): Device[] {
    return [...this.#devices.values()].filter((device) => device.userId === userId);
  }

  logout(device: Device): void {
    this.#devices.delete(device.accessToken);
  }

  /** Ends every token of a user, as an operator or another login would; the user is not told. */
  revoke(userId: string, softLogout = false): void {
    for (const device of this.devicesOf(userId)) {
      this.#devices.delete(device.accessToken);
      if (softLogout) this.#softLoggedOut.add(device.accessToken);
    }
  }

  authenticate(accessToken: string | undefined): Device {
    if (accessToken === undefined || accessToken === '') {
      throw new MatrixError(401, 'M_MISSING_TOKEN', 'Missing access token.');
    }
    const device = this.#devices.get(accessToken);
    if (device === undefined) {
      throw new MatrixError(401, 'M_UNKNOWN_TOKEN', 'Unknown access token.', {
        soft_logout: this.#softLoggedOut.has(accessToken),
      });
    }
    return device;
  }
}
