#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "child.hpp"
#include "placeholder.hpp"

namespace krgboot {

/// Starts the program in PID, mount, UTS and IPC namespaces of its own. Three processes come of it:
///
///     keeper    the caller's child, outside. Puts placeholders into the image and removes them, whatever
///               happens to the caller meanwhile.
///     init      PID 1 inside: makes the mounts, then becomes a small program of its own (init_program.hpp)
///               that reaps what is orphaned. When it ends, the kernel kills all that is left inside and
///               takes the mounts down.
///     program   what the caller asked for. It begins when init is that small program, so that nothing of the
///               caller's memory, environment or descriptors is in the namespaces; when it ends, init ends.
///
/// Whichever of them is killed, those below it die, by PR_SET_PDEATHSIG and by the PID namespace; so nothing
/// keeps running and nothing stays mounted. See pid_namespaces(7), mount_namespaces(7).
class NamespaceSetup : public ChildSetup {
 public:
  enum Step {
    make_namespace,    ///< unshare
    make_user,         ///< a user namespace, where the caller may not make the others without
    map_user,          ///< the own user as root of it
    make_private,      ///< mounts made here are not to be seen outside
    start_keeper,      ///< descriptors and processes
    put_placeholder,   ///< `index` of the placeholders
    start_init,        ///< the small program
    first_of_derived,  ///< the steps of derived classes start here
  };

  std::optional<Failure> prepare() noexcept final;
  bool has_keeper() const noexcept final { return true; }
  pid_t parent() const noexcept final { return 1; }
  /// In the caller, when the program has ended: what a keeper has left that was killed itself.
  void clear_up() noexcept;

 protected:
  static constexpr int host_network = -1;
  static constexpr int no_network = -2;  ///< a network namespace that leads nowhere
  struct Kind {
    int network = host_network;  ///< one of these, or the descriptor of a network namespace to join
    bool needs_root = false;     ///< no user namespace will do
  };
  NamespaceSetup(Kind kind, std::vector<Placeholder> placeholders);

  /// In init, still in the host's mount namespace: may note where things are.
  virtual std::optional<Failure> before() noexcept { return std::nullopt; }
  /// In init: the mounts.
  virtual std::optional<Failure> build() noexcept = 0;
  /// In init, when the mounts are made: gives up what it does not need.
  virtual std::optional<Failure> limit_init() noexcept { return std::nullopt; }
  /// In the program's process, last. It leads a session without a terminal.
  virtual std::optional<Failure> enter() noexcept = 0;

 private:
  std::optional<Failure> unshare_processes() const noexcept;
  std::optional<Failure> unshare_all() const noexcept;
  std::optional<Failure> be_init(int keeper) noexcept;
  [[noreturn]] void keep(pid_t init, int caller) noexcept;
  std::optional<Failure> put_placeholders() noexcept;
  void remove_placeholders() noexcept;

  Kind kind_;
  std::vector<Placeholder> placeholders_;
  pid_t caller_;
  std::string user_map_;
  std::string group_map_;
  std::vector<int> kept_;  ///< descriptors that the keeper needs; room made before the fork
};

}  // namespace krgboot
