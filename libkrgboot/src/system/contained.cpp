#include "krgboot/system/contained.hpp"

#include "krgboot/base/error.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/mount.h>

#include "namespaces.hpp"

namespace krgboot {

namespace {

class ContainedSetup : public NamespaceSetup {
 public:
  enum ContainedStep { mount_proc = first_of_derived };

  explicit ContainedSetup(const std::vector<Placeholder>& none)
      : NamespaceSetup({true, false, true}, &none) {}

 protected:
  /// That of the new PID namespace, in which programs look themselves up.
  std::optional<Failure> build() noexcept override {
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) == 0) return std::nullopt;
    return Failure{mount_proc, 0, errno};
  }
  std::optional<Failure> enter() noexcept override { return std::nullopt; }
};

}  // namespace

CommandResult run_contained(const std::vector<std::string>& argv, const RunOptions& options) {
  const std::vector<Placeholder> none;
  ContainedSetup setup(none);
  auto outcome = run_child(argv, options, &setup);
  if (!outcome.failure) return std::move(outcome.result);
  throw IoError("contain", argv.front(), outcome.failure->error_number,
                outcome.failure->step == ContainedSetup::mount_proc
                    ? "the system does not let /proc be mounted"
                    : "the system allows no namespaces of its own: that takes root");
}

}  // namespace krgboot
