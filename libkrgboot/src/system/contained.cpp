#include "krgboot/system/contained.hpp"

#include "krgboot/base/error.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/mount.h>

#include "mount_calls.hpp"
#include "namespaces.hpp"

namespace krgboot {

namespace {

class ContainedSetup : public NamespaceSetup {
 public:
  enum ContainedStep { mount_proc = first_of_derived, make_read_only, keep_writable };

  explicit ContainedSetup(const ContainOptions& options)
      : NamespaceSetup({options.network ? host_network : no_network, true}, {}),
        writable_(options.only_writable) {
    trees_.resize(writable_.size(), -1);
  }

 protected:
  std::optional<Failure> build() noexcept override {
    if (!writable_.empty()) {
      if (auto failure = protect_host()) return failure;
    }
    // The /proc of the new PID namespace, so that programs find their own processes.
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) == 0) return std::nullopt;
    return Failure{mount_proc, 0, errno};
  }
  std::optional<Failure> enter() noexcept override { return std::nullopt; }

 private:
  /// Makes all mounts of this namespace read-only, then bind-mounts each writable path over itself.
  std::optional<Failure> protect_host() noexcept {
    for (std::size_t i = 0; i < writable_.size(); ++i) {
      trees_[i] = clone_of(AT_FDCWD, writable_[i].c_str(), 0);
      if (trees_[i] < 0) return Failure{keep_writable, static_cast<int>(i), errno};
    }
    struct mount_attr wanted {};
    wanted.attr_set = MOUNT_ATTR_RDONLY;
    if (mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &wanted, sizeof wanted) != 0)
      return Failure{make_read_only, 0, errno};
    for (std::size_t i = 0; i < writable_.size(); ++i) {
      if (move_mount(trees_[i], "", AT_FDCWD, writable_[i].c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0)
        return Failure{keep_writable, static_cast<int>(i), errno};
    }
    return std::nullopt;
  }

  const std::vector<std::filesystem::path>& writable_;
  std::vector<int> trees_;  ///< allocated before the fork; closed by exec
};

std::string reason_of(const ChildSetup::Failure& failure, const ContainOptions& options) {
  switch (failure.step) {
    case ContainedSetup::mount_proc:
      return "the system does not let /proc be mounted";
    case ContainedSetup::make_read_only:
      return "the system does not let the host's files be protected";
    case ContainedSetup::keep_writable:
      return "cannot keep " + options.only_writable.at(static_cast<std::size_t>(failure.index)).native() +
             " writable";
    default:
      return "the system allows no namespaces of its own: that takes root";
  }
}

}  // namespace

CommandResult run_contained(const std::vector<std::string>& argv, const RunOptions& options,
                            const ContainOptions& contain) {
  ContainedSetup setup(contain);
  auto outcome = run_child(argv, options, &setup);
  if (!outcome.failure) return std::move(outcome.result);
  throw IoError("contain", argv.front(), outcome.failure->error_number, reason_of(*outcome.failure, contain));
}

}  // namespace krgboot
