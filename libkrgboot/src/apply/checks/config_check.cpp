#include "krgboot/apply/daemon_checks.hpp"
#include "krgboot/base/error.hpp"
#include "krgboot/system/process.hpp"
#include "krgboot/system/sandbox.hpp"

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include "apply/file_reader.hpp"
#include "services/services.hpp"
#include "system/system_call.hpp"

namespace krgboot {

namespace {

/// A file in memory that child programs can open by its path.
class MemoryCopy {
 public:
  explicit MemoryCopy(std::string_view content) : file_(memfd_create("krgboot-check", MFD_CLOEXEC)) {
    if (!file_) throw IoError("memfd_create", "krgboot-check", errno);
    system_call::write_all(file_.get(), content, "krgboot-check");
  }
  std::string path() const { return fmt::format("/proc/{}/fd/{}", getpid(), file_.get()); }

 private:
  FileDescriptor file_;
};

/// The configuration test of one program beneath one root.
class ConfigTest {
 public:
  ConfigTest(const Root& root, const Release& release, const Service& service, ConfigCheck check)
      : root_(root),
        release_(release),
        service_(service),
        check_(std::move(check)),
        program_(find_program(check_.program)) {}

  bool is_installed() const { return program_.has_value(); }
  std::string not_installed() const { return check_.package + " is not installed here"; }

  ConfigTexts texts(const StagedPath& staged) const {
    return service_.config_texts(release_, reader_of(root_, staged));
  }

  /// The program reads copies of the files read beneath the root, so that no symlink in a staged tree leads
  /// it to the host's files.
  SandboxResult run_in_place(const ConfigTexts& texts) const {
    std::vector<MemoryFile> copies;
    if (!root_.is_host()) copies.push_back({check_.folder, std::nullopt});
    for (const auto& [path, text] : texts) copies.push_back({path, text});
    return run_with_files(copies, argv(check_.file));
  }

  std::optional<std::string> refusal(const StagedPath& staged) const {
    auto sandboxed = run_in_place(texts(staged));
    if (!sandboxed.result) return std::nullopt;
    if (sandboxed.result->status == 0) return "";
    auto said = check_.complaints(sandboxed.result->output);
    return said.empty() ? fmt::format("{} ended with status {}\n", shown(), sandboxed.result->status) : said;
  }

  DaemonCheck check(const StagedPath& staged) const {
    auto all = texts(staged);
    auto sandboxed = run_in_place(all);
    DaemonCheck done{check_.name, true, fmt::format("{} accepts {}", shown(), check_.file)};
    auto unavailable = sandboxed.unavailable;
    auto whole = sandboxed.result.has_value();
    auto result = sandboxed.result.value_or(CommandResult{});
    if (whole && result.status != 0 && check_.newer_than_server) {
      unavailable =
          fmt::format("it refuses {}, which the server's older {} may take", check_.file, check_.program);
      whole = false;
    }
    if (!whole) {
      auto own = std::find_if(all.begin(), all.end(), [&](const auto& each) { return is_own(each.first); });
      if (!check_.own_file_is_whole || own == all.end()) return {check_.name, false, unavailable};
      result = run(argv(MemoryCopy(own->second).path()));
      done.detail = fmt::format("{} accepts {} by itself ({})", shown(), own->first, unavailable);
    }
    if (result.status != 0) refuse(result, whole);
    return done;
  }

 private:
  bool is_own(const std::string& path) const {
    return service_.owns(Role::dhcp, path) || service_.owns(Role::tftp, path);
  }

  [[noreturn]] void refuse(const CommandResult& result, bool whole) const {
    auto unchanged = [](const std::string& path) { return path; };
    auto was_there = texts(unchanged).count(check_.file) != 0;
    auto before = whole && was_there ? refusal(unchanged) : std::nullopt;
    if (before && !before->empty()) {
      throw ConflictError(
          check_.name + ".refused_before", check_.file,
          fmt::format("nothing was written: {} refuses {} even without krgboot's changes:\n{}",
                      check_.program, check_.file, *before));
    }
    throw CommandError(check_.name + ".check", argv(check_.file), result.status,
                       check_.complaints(result.output));
  }

  /// The program and its first argument, for messages.
  std::string shown() const { return fmt::format("{} {}", check_.program, check_.arguments.front()); }

  std::vector<std::string> argv(const std::string& file) const {
    std::vector<std::string> all{*program_};
    for (const auto& argument : check_.arguments) {
      auto at = argument.find(check_.file);
      auto text = argument;
      if (at != std::string::npos) text.replace(at, check_.file.size(), file);
      all.push_back(std::move(text));
    }
    return all;
  }

  const Root& root_;
  const Release& release_;
  const Service& service_;
  ConfigCheck check_;
  std::optional<std::string> program_;
};

std::optional<ConfigTest> test_of(const Root& root, const Release& release, const ServiceName& name) {
  const auto& service = service_named(name);
  auto check = service.config_check(release);
  if (!check) return std::nullopt;
  return ConfigTest(root, release, service, *std::move(check));
}

}  // namespace

std::optional<std::string> config_refusal(const Root& root, const Release& release,
                                          const ServiceName& service, const StagedPath& staged) {
  auto test = test_of(root, release, service);
  return test && test->is_installed() ? test->refusal(staged) : std::nullopt;
}

std::optional<DaemonCheck> check_config(const Root& root, const Release& release, const ServiceName& service,
                                        const StagedPath& staged) {
  auto test = test_of(root, release, service);
  if (!test) return std::nullopt;
  if (!test->is_installed())
    return DaemonCheck{service_named(service).config_check(release)->name, false, test->not_installed()};
  return test->check(staged);
}

}  // namespace krgboot
