#pragma once

#include "krgboot/export.hpp"
#include "krgboot/system/process.hpp"
#include "krgboot/system/root.hpp"
#include "krgboot/system/sandbox.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// Network access of a program inside an image.
enum class InsideNetwork {
  none,      ///< only a loopback of its own
  outbound,  ///< what this machine reaches, but not this machine itself; uses slirp4netns(1) and requires
             ///< root
  host,      ///< the host's interfaces, loopback and abstract sockets (unix(7))
};
KRGBOOT_EXPORT std::string to_string(InsideNetwork network);
/// Reads "none", "outbound" or "host"; nullopt for any other text.
KRGBOOT_EXPORT std::optional<InsideNetwork> parse_inside_network(std::string_view text);
/// Is slirp4netns installed, which InsideNetwork::outbound needs?
KRGBOOT_EXPORT bool has_outbound_network();

/// How a program is run inside an image.
struct InsideOptions {
  /// As for `run`, with two differences: `environment` is added to the clean environment of `run_inside`
  /// instead of the caller's, and `working_directory` is a path inside the image (empty: "/").
  RunOptions run;
  /// The host name inside; empty: the last component of the image's path, with '-' for characters that a host
  /// name cannot contain.
  std::string host_name;
  /// Value of LC_ALL; empty: the settings in the image's /etc/default/locale or /etc/locale.conf.
  std::string locale = "C";
  /// With any network, /etc/resolv.conf inside lists name servers.
  InsideNetwork network = InsideNetwork::none;
  /// Set DEBIAN_FRONTEND=noninteractive, so that no package asks a question.
  bool noninteractive = true;
  /// Text of /etc/resolv.conf while the program runs; nullopt: name servers that can be reached. Only used
  /// with a network.
  std::optional<std::string> resolv_conf;
  /// Host files and directories that are visible inside, mounted in this order; `target` is a path inside the
  /// image. A missing target is created for the time of the run, if its parent directory exists.
  std::vector<Bind> binds;
};

/// Runs `argv` inside `image` as chroot(1) does, but in mount, PID, UTS, IPC and network namespaces of its
/// own, with /proc, /sys (read-only), a minimal /dev, an empty /run, and name servers in /etc/resolv.conf.
/// All these disappear when the program ends, or when the calling process is killed, together with all
/// processes left inside. Nothing else of the host is visible. Only the program changes the image.
///
/// Services do not start: /usr/sbin/policy-rc.d forbids it (invoke-rc.d(8)), and the host's init cannot be
/// reached. The program is root with the few capabilities that package managers need and behind a filter of
/// system calls, as in a container (docs/sandbox.md has both tables). Process 1 is a small program that holds
/// nothing of the caller. The program can neither mount nor open device nodes outside /dev, and does not have
/// the caller's controlling terminal. Its environment is PATH, HOME=/root, USER=root, LOGNAME=root,
/// SHELL=/bin/sh, TERM, LC_ALL, SYSTEMD_OFFLINE=1, and DEBIAN_FRONTEND if `noninteractive` is set.
///
/// Without root's rights it uses a user namespace (user_namespaces(7)) in which the caller is root and no
/// other user exists; programs that change owners, as most packages do, fail there.
///
/// argv[0] is looked up in PATH inside the image. On timeout or cancellation all processes inside get
/// SIGTERM, and SIGKILL two seconds later. A non-zero exit status is not an exception.
///
/// Throws ArgumentError "inside.root" if `image` is the host's root, "inside.host_name" for a host name that
/// is too long or has control characters, "sandbox.bind" for an unusable bind; IoError "run" if the image has
/// no such program, or if slirp4netns is needed and not installed, "enter" with the reason if the system or
/// the image does not allow it; CommandError "command.failed" if slirp4netns fails; what `run` throws.
KRGBOOT_EXPORT CommandResult run_inside(const Root& image, const std::vector<std::string>& argv,
                                        const InsideOptions& options = {});

/// Runs `argv` as `run_inside` does, and throws CommandError as `check_run` does unless the exit status is 0.
KRGBOOT_EXPORT CommandResult check_run_inside(const Root& image, const std::vector<std::string>& argv,
                                              const InsideOptions& options = {});

/// Runs `argv` as `run_inside` does, with a terminal, for a shell: a pseudoterminal of the sandbox (pty(7))
/// is copied to and from the caller's terminal on standard input and output, and has its size. The program
/// gets Ctrl-C and Ctrl-Z. Only `environment` and `working_directory` of `options.run` are used. TERM is the
/// caller's. SIGHUP, SIGINT, SIGQUIT and SIGTERM end the program before they reach the calling process.
/// Returns the exit status, or 128 + signal. Throws as `run_inside` does, and IoError "open" if standard
/// input is not a terminal.
KRGBOOT_EXPORT int run_inside_terminal(const Root& image, const std::vector<std::string>& argv,
                                       const InsideOptions& options = {});

}  // namespace krgboot
