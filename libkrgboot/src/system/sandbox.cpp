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
  throw ArgumentError("sandbox.bind", bind.target,
                      fmt::format("cannot show {} at {}: {}", in_quotes(bind.source.native()),
                                  in_quotes(bind.target.native()), reason));
}

void check_bind(const Bind& bind) {
  for (const auto* path : {&bind.source, &bind.target}) {
    try {
      check_path(path->native());
    } catch (const ArgumentError& error) {
      bad_bind(bind, error.what());
    }
  }
  if (bind.target == "/") bad_bind(bind, "the root itself cannot be replaced");
  struct stat source {};
  if (stat(bind.source.c_str(), &source) != 0) bad_bind(bind, IoError("stat", bind.source, errno).what());
}

void check_file(const MemoryFile& file) {
  try {
    check_path(file.path.native());
  } catch (const ArgumentError& error) {
    bad_bind({"memory", file.path}, error.what());
  }
  if (file.path == "/") bad_bind({"memory", file.path}, "the root itself cannot be replaced");
}

/// The reason if the system forbids it; throws if the caller's arguments are at fault.
std::string reason_of(const ChildSetup::Failure& failure, const MountSetup& setup) {
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
    case MountSetup::make_memory:
    case MountSetup::write_file:
      return because("the system allows no private files in memory");
    default:
      break;
  }
  const auto& target = setup.target(failure.index);
  if (failure.error_number == ENOTDIR || failure.error_number == EISDIR)
    bad_bind({setup.source(failure.index), target}, "one is a directory, the other is not");
  return because(
      fmt::format("the system does not let {} be shown at {}", setup.source(failure.index), target));
}

SandboxResult run_with(MountSetup& setup, const std::vector<std::string>& argv, const RunOptions& options) {
  auto outcome = run_child(argv, options, &setup);
  if (outcome.failure) return {std::nullopt, reason_of(*outcome.failure, setup), {}};
  return {std::move(outcome.result), "", {}};
}

}  // namespace

SandboxResult run_with_binds(const std::vector<Bind>& binds, const std::vector<std::string>& argv,
                             const RunOptions& options) {
  for (const auto& bind : binds) check_bind(bind);
  MountSetup setup(binds, {});
  return run_with(setup, argv, options);
}

SandboxResult run_with_files(const std::vector<MemoryFile>& files, const std::vector<std::string>& argv,
                             const RunOptions& options,
                             const std::vector<std::filesystem::path>& wanted_back) {
  for (const auto& file : files) check_file(file);
  const std::vector<Bind> no_binds;
  MountSetup setup(no_binds, files);
  auto outcome = run_with(setup, argv, options);
  if (!outcome.result) return outcome;
  for (const auto& path : wanted_back) {
    if (auto content = setup.read_back(path)) outcome.files.emplace(path, *std::move(content));
  }
  return outcome;
}

}  // namespace krgboot
