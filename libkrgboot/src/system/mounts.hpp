#pragma once

#include "krgboot/system/sandbox.hpp"

#include <string>
#include <vector>

#include <sys/types.h>

#include "child.hpp"

namespace krgboot {

/// Puts the child into a private mount namespace with binds. All it needs is made before the fork; what it
/// does after it are system calls alone.
class MountSetup : public ChildSetup {
 public:
  enum Step {
    make_namespace,  ///< unshare
    map_user,        ///< the own user as root of the namespace
    make_private,    ///< mounts made here are not to be seen outside
    open_source,     ///< of bind `index`
    copy_parent,     ///< a private copy of the directory that lacks the target of bind `index`
    attach,          ///< bind `index` over its target
  };

  explicit MountSetup(const std::vector<Bind>& binds);
  std::optional<Failure> prepare() noexcept override;

 private:
  std::optional<Failure> enter_namespace() const noexcept;
  int attach_bind(int source, const Bind& bind) const noexcept;
  int make_target(const Bind& bind, bool directory) const noexcept;

  const std::vector<Bind>& binds_;
  std::vector<int> trees_;  ///< of the sources; filled by the child
  std::string user_map_;
  std::string group_map_;
  bool is_root_;
};

}  // namespace krgboot
