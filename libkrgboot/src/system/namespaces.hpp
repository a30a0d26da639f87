#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "child.hpp"
#include "placeholder.hpp"

namespace krgboot {

/// Starts the program in its own PID, mount, UTS and IPC namespaces, with three processes:
///
///     keeper    the caller's child, outside. Puts placeholders into the image and removes them, even if the
///               caller is killed.
///     init      PID 1 inside: makes the mounts, then executes a small program (init_program.hpp) that reaps
///               orphans. When it ends, the kernel kills all processes inside and removes the mounts.
///     program   the caller's program. It begins once init has executed the small program, so that nothing of
///               the caller's memory, environment or descriptors is in the namespaces. init ends with it.
///
/// If one of them is killed, those below it die, by PR_SET_PDEATHSIG and by the PID namespace; so no process
/// and no mount is left. See pid_namespaces(7), mount_namespaces(7).
class NamespaceSetup : public ChildSetup {
 public:
  enum Step {
    make_namespace,    ///< unshare
    make_user,         ///< a user namespace, if the caller may not make the other namespaces without it
    map_user,          ///< maps the own user to root of the user namespace
    make_private,      ///< keeps the mounts made here invisible outside
    start_keeper,      ///< descriptors and processes
    put_placeholder,   ///< placeholder `index`
    start_init,        ///< the small program
    first_of_derived,  ///< first step of derived classes
  };

  std::optional<Failure> prepare() noexcept final;
  bool has_keeper() const noexcept final { return true; }
  pid_t parent() const noexcept final { return 1; }
  /// For the caller, after the program has ended: removes what a killed keeper has left behind.
  void clear_up() noexcept;

 protected:
  static constexpr int host_network = -1;
  static constexpr int no_network = -2;  ///< an empty network namespace
  struct Kind {
    int network = host_network;  ///< one of these constants, or the descriptor of a network namespace to join
    bool needs_root = false;     ///< a user namespace is not enough
  };
  NamespaceSetup(Kind kind, std::vector<Placeholder> placeholders);

  /// Called in init, still in the host's mount namespace: may record where things are.
  virtual std::optional<Failure> before() noexcept { return std::nullopt; }
  /// Called in init: makes the mounts.
  virtual std::optional<Failure> build() noexcept = 0;
  /// Called in init after the mounts are made: drops unneeded rights.
  virtual std::optional<Failure> limit_init() noexcept { return std::nullopt; }
  /// Called last, in the program's process, which leads a session without a terminal.
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
  std::vector<int> kept_;  ///< descriptors that the keeper needs; allocated before the fork
};

}  // namespace krgboot
