"""See that Pango, which draws the PDF's text, is there; install it where that is allowed, else print the exact line."""

import ctypes.util
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

DEBIAN = "libpango-1.0-0 libpangoft2-1.0-0"
DEBIAN_EXTRA = "libharfbuzz-subset0"
LINES = {
    "debian": f"apt-get install -y {DEBIAN} {DEBIAN_EXTRA}",
    "fedora": "dnf install -y pango",
    "arch": "pacman -S --noconfirm pango",
    "alpine": "apk add pango",
    "suse": "zypper install -y libpango-1_0-0",
    "macos": "brew install pango",
    "windows": "pacman -S mingw-w64-ucrt-x86_64-pango   (in an MSYS2 shell)",
    "other": "conda install -c conda-forge pango",
}
FAMILIES = {"ubuntu": "debian", "rhel": "fedora", "centos": "fedora", "opensuse": "suse", "sles": "suse"}


def present() -> bool:
    """Whether the two libraries that the PDF renderer loads can be found."""
    names = (("pango-1.0", "pango-1.0-0"), ("pangoft2-1.0", "pangoft2-1.0-0"))
    return all(any(ctypes.util.find_library(name) for name in pair) for pair in names)


def family(system: str, os_release: str) -> str:
    """The key of LINES for a system, from ``platform.system()`` and the text of /etc/os-release.

    >>> family("Linux", 'ID=ubuntu\\nID_LIKE=debian')
    'debian'
    """
    if system in ("Darwin", "Windows"):
        return "macos" if system == "Darwin" else "windows"
    fields = dict(line.split("=", 1) for line in os_release.splitlines() if "=" in line)
    words = f"{fields.get('ID', '')} {fields.get('ID_LIKE', '')}".replace('"', "").split()
    for word in words:
        known = FAMILIES.get(word.split("-")[0], word.split("-")[0])
        if known in LINES:
            return known
    return "other"


def privileged() -> list[str] | None:
    """The prefix under which a package can be installed without asking anybody, or None."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


def install_on_debian(prefix: list[str]) -> bool:
    """Install the libraries with apt-get; the optional one may be missing on older releases."""
    apt = [*prefix, "apt-get", "-qq"]
    if subprocess.run([*apt, "update"]).returncode != 0:
        return False
    done = subprocess.run([*apt, "install", "-y", "--no-install-recommends", *DEBIAN.split()]).returncode == 0
    subprocess.run([*apt, "install", "-y", "--no-install-recommends", DEBIAN_EXTRA], stderr=subprocess.DEVNULL)
    return done


def main() -> int:
    if present():
        return 0
    release = Path("/etc/os-release")
    kind = family(platform.system(), release.read_text() if release.exists() else "")
    prefix = privileged() if kind == "debian" and shutil.which("apt-get") else None
    if prefix is not None and install_on_debian(prefix) and present():
        return 0
    print(f"Pango is missing: PDF files cannot be made. Install it with:\n    {LINES[kind]}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
