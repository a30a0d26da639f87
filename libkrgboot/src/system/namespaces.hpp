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
///     keeper    the caller's child, outside. Sees the caller die, and the namespaces' end; clears up.
///     init      PID 1 inside: makes the mounts, reaps what is orphaned. When it ends, the kernel kills all
///               that is left inside and takes the mounts down.
///     program   what the caller asked for; when it ends, init ends.
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
    first_of_derived,  ///< the steps of derived classes start here
  };

  std::optional<Failure> prepare() noexcept final;
  bool has_keeper() const noexcept final { return true; }
  pid_t parent() const noexcept final { return 1; }

 protected:
  struct Kind {
    bool network = true;        ///< of the host; else one of its own that leads nowhere
    bool has_terminal = false;  ///< else the program is cut off from the caller's
    bool needs_root = false;    ///< no user namespace will do
  };
  /// `placeholders` are removed when the caller dies; they must live as long as this.
  NamespaceSetup(Kind kind, const std::vector<Placeholder>* placeholders);

  /// In init, still in the host's mount namespace: may note where things are.
  virtual std::optional<Failure> before() noexcept { return std::nullopt; }
  /// In init: the mounts.
  virtual std::optional<Failure> build() noexcept = 0;
  /// In the program's process, last.
  virtual std::optional<Failure> enter() noexcept = 0;

 private:
  std::optional<Failure> unshare_processes() const noexcept;
  std::optional<Failure> unshare_all() const noexcept;
  std::optional<Failure> be_init(int keeper) noexcept;
  [[noreturn]] void keep(pid_t init, int caller) noexcept;

  Kind kind_;
  const std::vector<Placeholder>* placeholders_;
  pid_t caller_;
  std::string user_map_;
  std::string group_map_;
  std::vector<int> kept_;  ///< descriptors that the keeper needs; room made before the fork
};

}  // namespace krgboot
