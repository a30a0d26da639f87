#include "krgboot/system/sandbox.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sys/stat.h>

#include "mounts.hpp"
#include "path.hpp"

namespace krgboot {

namespace {

[[noreturn]] void bad_bind(const Bind& bind, std::string_view reason) {
  throw ArgumentError(
      "sandbox.bind", bind.target,
      fmt::format("cannot show {} at {}: {}", in_quotes(bind.source), in_quotes(bind.target), reason));
}

void check_bind(const Bind& bind) {
  for (const auto& path : {bind.source, bind.target}) {
    try {
      check_path(path);
    } catch (const ArgumentError& error) {
      bad_bind(bind, error.what());
    }
  }
  if (bind.target == "/") bad_bind(bind, "the root itself cannot be replaced");
  struct stat source {};
  if (stat(bind.source.c_str(), &source) != 0) bad_bind(bind, IoError("stat", bind.source, errno).what());
}

/// One line for a system that does not let us; throws where it is the caller's fault.
std::string reason_of(const ChildSetup::Failure& failure, const std::vector<Bind>& binds) {
  auto because = [&](const std::string& what) {
    char buffer[128];
    return fmt::format("{}: {}", what, strerror_r(failure.error_number, buffer, sizeof buffer));
  };
  switch (failure.step) {
    case MountSetup::make_namespace:
      return because("the system allows no private mount namespace");
    case MountSetup::map_user:
      return because("the system allows no user namespace");
    case MountSetup::make_private:
      return because("the system allows no private mounts");
    default:
      break;
  }
  const auto& bind = binds.at(static_cast<std::size_t>(failure.index));
  if (failure.error_number == ENOTDIR || failure.error_number == EISDIR)
    bad_bind(bind, "one is a directory, the other is not");
  return because(fmt::format("the system does not let {} be shown at {}", bind.source, bind.target));
}

}  // namespace

SandboxResult run_with_binds(const std::vector<Bind>& binds, const std::vector<std::string>& argv,
                             const RunOptions& options) {
  for (const auto& bind : binds) check_bind(bind);
  MountSetup setup(binds);
  auto outcome = run_child(argv, options, &setup);
  if (outcome.failure) return {std::nullopt, reason_of(*outcome.failure, binds)};
  return {std::move(outcome.result), ""};
}

}  // namespace krgboot
