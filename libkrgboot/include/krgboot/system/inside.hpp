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

/// What a program inside an image reaches.
enum class InsideNetwork {
  none,      ///< a loopback of its own and nothing else
  outbound,  ///< what this machine reaches, but nothing of this machine: through slirp4netns(1); takes root
  host,      ///< the host's interfaces, its loopback, and the abstract sockets of its programs (unix(7))
};
KRGBOOT_EXPORT std::string to_string(InsideNetwork network);
/// "none", "outbound", "host"; nullopt for anything else.
KRGBOOT_EXPORT std::optional<InsideNetwork> parse_inside_network(std::string_view text);
/// Is slirp4netns installed, by which InsideNetwork::outbound works?
KRGBOOT_EXPORT bool has_outbound_network();

/// How a program is run inside an image.
struct InsideOptions {
  /// As for `run`, but: `environment` is set beside the clean one (see `run_inside`), and
  /// `working_directory` is a path inside (empty: "/").
  RunOptions run;
  /// What hostname(1) tells inside; empty: the last component of the image's path.
  std::string host_name;
  /// LC_ALL; empty: what the image's /etc/default/locale or /etc/locale.conf sets.
  std::string locale = "C";
  /// With any, name servers are in /etc/resolv.conf.
  InsideNetwork network = InsideNetwork::none;
  /// DEBIAN_FRONTEND=noninteractive: no package asks a question.
  bool noninteractive = true;
  /// Content of /etc/resolv.conf while the program runs; nullopt: name servers that are reached. Only with
  /// a network.
  std::optional<std::string> resolv_conf;
  /// Host files and directories to be seen inside, in this order: `target` is a path inside. What is missing
  /// there is made for as long as the program runs, where the directory above it exists.
  std::vector<Bind> binds;
};

/// Runs `argv` inside `image` as chroot(1) does, in mount, PID, UTS, IPC and network namespaces of its own:
/// with /proc, /sys (read-only), a minimal /dev, an empty /run, and name servers in /etc/resolv.conf, all of
/// which are gone when the program ends, together with everything it has left running: also when the calling
/// process is killed. Nothing else of the host can be seen. The image itself is changed by the program alone.
///
/// No service starts: /usr/sbin/policy-rc.d forbids it (invoke-rc.d(8)), and no init of the host is reached.
/// The program is root with the few capabilities that package managers need, and behind a filter of system
/// calls, as in a container (docs/sandbox.md has both tables). Process 1 is a small program that holds
/// nothing of the caller. The program can neither mount nor open device nodes outside /dev, has no
/// controlling terminal of the caller's, and this environment: PATH, HOME=/root, USER and LOGNAME=root, TERM,
/// LC_ALL, SYSTEMD_OFFLINE=1, and DEBIAN_FRONTEND where asked for.
///
/// Without root's rights a user namespace is made (user_namespaces(7)), in which the caller is root and no
/// other user exists: what changes owners, as most packages do, fails there.
///
/// argv[0] is found in the image's own PATH. On timeout or cancellation all that runs inside gets SIGTERM,
/// two seconds later SIGKILL. A failing program is no exception. Throws ArgumentError "inside.root" for the
/// host's own root, "inside.host_name", "sandbox.bind", IoError "run" where the image has no such program,
/// IoError "enter" with the reason where the system or the image does not allow it, and what `run` throws.
KRGBOOT_EXPORT CommandResult run_inside(const Root& image, const std::vector<std::string>& argv,
                                        const InsideOptions& options = {});

/// The same; throws CommandError unless the status is 0, as `check_run` does.
KRGBOOT_EXPORT CommandResult check_run_inside(const Root& image, const std::vector<std::string>& argv,
                                              const InsideOptions& options = {});

/// The same with a terminal, for a shell: a pseudo terminal of the sandbox's own (pty(7)), which is copied to
/// and from the caller's terminal on standard input and output, and follows its size. Ctrl-C and Ctrl-Z are
/// the program's. Of `options.run` only `environment` and `working_directory` are used. TERM is the caller's.
/// SIGHUP, SIGINT, SIGQUIT and SIGTERM end the program before the calling process gets them. The exit status,
/// or 128 + signal. Throws IoError "open" where standard input is no terminal.
KRGBOOT_EXPORT int run_inside_terminal(const Root& image, const std::vector<std::string>& argv,
                                       const InsideOptions& options = {});

}  // namespace krgboot
