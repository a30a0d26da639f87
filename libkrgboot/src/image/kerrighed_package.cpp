#include "kerrighed_package.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/system/contained.hpp"
#include "krgboot/system/inside.hpp"
#include "krgboot/tree/restore.hpp"
#include "krgboot/tree/scan.hpp"

#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "image_inputs.hpp"
#include "step_facts.hpp"
#include "system/system_call.hpp"
#include "tree/host_place.hpp"
#include "tree/staging.hpp"

namespace krgboot {

namespace {

// Two directories within the staging directory, because `restore` would wait for the lock of the staging
// directory itself.
constexpr const char* above_tree = "/package";
constexpr const char* package_tree = "/package/tree";
constexpr const char* package_in_image = "/mnt/kerrighed.deb";

/// The work of the postinst scripts of kernel and library packages.
constexpr std::string_view after_install =
    "#!/bin/sh\n"
    "set -e\n"
    "[ \"$1\" = configure ] || exit 0\n"
    "ldconfig\n"
    "for modules in /lib/modules/*/kernel; do\n"
    "    [ ! -d \"$modules\" ] || depmod \"$(basename \"$(dirname \"$modules\")\")\"\n"
    "done\n";

class KerrighedPackage {
 public:
  KerrighedPackage(const Root& image, const std::string& source, const ConfigureOptions& options)
      : source_(source),
        options_(options),
        place_(host_place(image.host_path().native() + ".kerrighed")),
        staging_(place_.directory, place_.path, Staging::Kind::directory, false),
        host_path_(std::filesystem::absolute(staging_.host_path()).string()),
        directory_(host_path_) {}

  /// Returns the path of the package file.
  std::string make(const std::string& architecture) {
    struct stat status {};
    if (stat(source_.c_str(), &status) != 0) throw IoError("stat", source_, errno);
    directory_.make_directories(above_tree);
    S_ISDIR(status.st_mode) ? make_install() : unpack();
    // Only now: the installation may leave traces in the build tree.
    describe(kerrighed_version(kerrighed_inputs(source_)), architecture);
    auto file = host_path_ + "/kerrighed.deb";
    // gzip: every release's dpkg can read it.
    check_run({"dpkg-deb", "--build", "--root-owner-group", "-Zgzip", host_path_ + package_tree, file},
              run_options());
    return file;
  }

 private:
  RunOptions run_options() const {
    RunOptions run;
    run.on_line = options_.on_line;
    run.keep_running = options_.keep_running;
    run.timeout = options_.timeout;
    return run;
  }

  void make_install() {
    directory_.make_directories(package_tree);
    directory_.make_directories("/tmp");
    ContainOptions contain;
    contain.only_writable = {host_path_, source_};
    contain.network = false;
    auto run = run_options();
    run.working_directory = source_;
    run.environment = {{"LC_ALL", "C"}, {"TMPDIR", host_path_ + "/tmp"}};
    std::vector<std::string> argv{"make", "install", fmt::format("DESTDIR={}{}", host_path_, package_tree)};
    auto result = run_contained(argv, run, contain);
    if (result.status != 0 || result.timed_out || result.cancelled)
      throw CommandError(result.cancelled   ? "command.cancelled"
                         : result.timed_out ? "command.timed_out"
                                            : "command.failed",
                         argv, result.status, result.output);
  }

  void unpack() {
    RestoreOptions restoring;
    restoring.devices = Devices::none;
    restoring.durable = false;
    restoring.progress = [this](const Progress&) {
      return !options_.keep_running || options_.keep_running();
    };
    if (restore(source_, directory_, package_tree, restoring).cancelled)
      throw CommandError("command.cancelled", {}, 0, "cancelled while " + source_ + " was unpacked");
  }

  void write(const std::string& name, std::string_view content, mode_t mode) {
    auto path = fmt::format("{}/DEBIAN/{}", package_tree, name);
    auto file = directory_.open(path, O_WRONLY | O_CREAT | O_EXCL, LastLink::stay, mode);
    if (!file) throw IoError("open", directory_.describe(path), ENOENT);
    if (fchmod(file.get(), mode) != 0) throw IoError("chmod", directory_.describe(path), errno);
    system_call::write_all(file.get(), content, directory_.describe(path));
  }

  void describe(const std::string& version, const std::string& architecture) {
    // The directories of a package become those of the image, so the builder's umask must not restrict them.
    auto root = directory_.open(package_tree, O_RDONLY | O_DIRECTORY);
    if (!root || fchmod(root.get(), 0755) != 0)
      throw IoError("chmod", directory_.describe(package_tree), errno);
    if (directory_.status(fmt::format("{}/DEBIAN", package_tree)))
      throw ArchiveError("archive.path", source_, "DEBIAN", "DEBIAN in it is dpkg's own name");
    std::string configuration;
    std::uint64_t files = 0;
    ScanOptions scanning;
    scanning.digests = false;
    scanning.without_contents.clear();
    scan(
        directory_.beneath(package_tree),
        [&](const TreeEntry& entry) {
          if (entry.type == EntryType::directory) return;
          ++files;
          if (entry.type != EntryType::file || entry.path.substr(0, 4) != "etc/") return;
          if (has_control(entry.path))
            throw ArchiveError("archive.path", source_, entry.path, "no name for a file of configuration");
          configuration += fmt::format("/{}\n", entry.path);
        },
        scanning);
    if (files == 0) throw IoError("configure", source_, ENOENT, "it installs nothing: has it been built?");
    directory_.make_directories(fmt::format("{}/DEBIAN", package_tree));
    write("control",
          fmt::format("Package: {}\n"
                      "Version: {}\n"
                      "Architecture: {}\n"
                      "Maintainer: root <root@localhost>\n"
                      "Section: kernel\n"
                      "Priority: extra\n"
                      "Description: Kerrighed, as it was built here\n"
                      " What `make install` of its build tree gives, put into a package by krgboot.\n",
                      kerrighed_package, version, architecture),
          0644);
    if (!configuration.empty()) write("conffiles", configuration, 0644);
    write("postinst", after_install, 0755);
  }

  const std::string& source_;
  const ConfigureOptions& options_;
  HostPlace place_;
  Staging staging_;
  std::string host_path_;  ///< staging directory, absolute: make runs in another working directory
  Root directory_;
};

}  // namespace

void install_kerrighed(const Root& image, const std::string& source, const DpkgStatus& dpkg,
                       const ConfigureOptions& options) {
  auto own = dpkg.installed.find("dpkg");
  if (own == dpkg.installed.end())
    throw IoError("configure", image.host_path(), ENOENT, "no dpkg is installed in it");
  KerrighedPackage package(image, source, options);
  InsideOptions run;
  run.run.on_line = options.on_line;
  run.run.keep_running = options.keep_running;
  run.run.timeout = options.timeout;
  run.binds = {{package.make(own->second.architecture), package_in_image, true}};
  // In an update, changed configuration files stay. In a first installation the package's files are installed
  // (existing ones become *.dpkg-old), because krgboot adds its settings to them afterwards.
  const auto* whose = dpkg.has(kerrighed_package) ? "--force-confold" : "--force-confnew";
  check_run_inside(image, {"dpkg", whose, "--install", package_in_image}, run);
}

}  // namespace krgboot
