#pragma once

#include "krgboot/model/server_view.hpp"
#include "krgboot/services/boot_file_candidate.hpp"
#include "krgboot/services/step.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/offer.hpp"

namespace krgboot {

/// Why TFTP would not hand a file out.
struct NotServed {
  std::string why;
  bool sure = true;  ///< false: the server's user may own it, or be in its group
};

/// The files that a machine can fetch, by names as a TFTP client sends them.
class ServedFiles {
 public:
  virtual ~ServedFiles() = default;
  /// The path that `name` means beneath the TFTP root, with a leading '/'; empty: it leads out of it.
  virtual std::string path(std::string_view name) const = 0;
  /// nullopt: it is handed out.
  virtual std::optional<NotServed> refused(std::string_view name) const = 0;
  /// Is anything of that name there, whether it is handed out or not?
  virtual bool exists(std::string_view name) const = 0;
  virtual std::optional<std::string> read(std::string_view name) const = 0;
  /// The first `size` bytes, fewer at the end of the file; empty where it cannot be read.
  virtual std::string head(std::string_view name, std::size_t size) const = 0;
  /// Names in a directory; empty where there is none.
  virtual std::vector<std::string> list(std::string_view directory) const = 0;
  /// The TFTP root on the server, for messages.
  virtual std::string root() const = 0;
  /// Does the server rewrite names, so that a file that is missing may be found all the same?
  virtual bool renames() const = 0;
};

/// A machine whose firmware has fetched a loader.
struct LoadRequest {
  std::optional<MacAddress> mac;
  std::optional<Uuid> uuid;
  std::optional<Ipv4Address> address;
  const Node* node = nullptr;  ///< that the machine is; nullptr: none of the cluster's
  std::string program;         ///< name of the loader's file, as DHCP gives it
  std::string config_file;     ///< option 209; empty: none
  std::string path_prefix;     ///< option 210; empty: none
  std::optional<Ipv4Address> next_server;
  const ServerView& view;
  const ServedFiles& files;
};

/// A file that a loader fetched for a machine.
struct LoadedFile {
  std::string name;  ///< as the boot file names it
  std::string path;  ///< beneath the TFTP root, with a leading '/'; empty: it comes from elsewhere
  friend bool operator==(const LoadedFile&, const LoadedFile&) = default;
};

/// What a loader did, up to the start of a kernel.
struct Loaded {
  std::vector<TraceStep> steps;
  std::vector<BootFileCandidate> boot_files;  ///< in the order in which they are asked for
  std::string boot_file;                      ///< the one that is loaded; empty: none
  std::string label;                          ///< the entry of it that is booted
  LoadedFile kernel;
  std::vector<LoadedFile> initrds;
  std::string command_line;
  bool starts_kernel = false;
};

}  // namespace krgboot
