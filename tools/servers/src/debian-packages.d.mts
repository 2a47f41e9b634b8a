/**
 * Installs those of the Debian packages that are missing, as root or with passwordless sudo, without starting the
 * services that they bring. Rejects with one sentence that names the packages and the reason.
 */
export function installDebianPackages(names: readonly string[]): Promise<void>;
