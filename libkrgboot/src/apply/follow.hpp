#pragma once

#include "krgboot/apply/trace.hpp"
#include "krgboot/formats/kernel/command_line.hpp"
#include "krgboot/formats/kernel/nfs_root.hpp"
#include "krgboot/formats/loader/pxelinux/file_name.hpp"
#include "krgboot/formats/loader/pxelinux/menu.hpp"
#include "krgboot/formats/root_tree/fstab_table.hpp"

#include <optional>
#include <string>
#include <string_view>

#include "image_fault.hpp"
#include "served_file.hpp"
#include "server_files.hpp"

namespace krgboot {

/// Where an entry of exports(5) stands, and what it says.
std::string place(const exports::Entry& entry);

/// One machine on its way through the stages. Each stage says whether the next one is reached.
class Follower {
 public:
  Follower(const ServerFiles& files, const Machine& machine);
  Trace result();

 private:
  void say(Stage stage, Status status, std::string what, std::string why = "", std::string hint = "");
  void say_all(Stage stage, const Diagnostics& diagnostics);
  template <class Follow>
  bool follow(Stage stage, Status worst, Follow follow);

  // follow_dhcp.cpp
  bool dhcp();
  bool dhcpd_takes_it();
  void dhcp_lease(const dhcpd::Answer& answer);
  void dhcp_address(const dhcpd::Answer& answer);
  bool dhcp_boot_server(const dhcpd::Answer& answer);
  std::optional<Ipv4Address> next_server_of(const dhcpd::Answer& answer);
  void pxelinux_options(const dhcpd::Answer& answer);

  // follow_loader.cpp
  bool loader();
  bool tftp_daemon();
  bool listens_for(const std::string& address, Ipv4Address server, const std::string& file);
  bool boot_program(const std::string& path);

  // follow_tftp.cpp
  bool boot_file();
  void near_misses();
  struct AskedFile {
    std::string name;  // as pxelinux shows it
    std::string path;  // from its own folder
  };
  std::vector<AskedFile> asked_files() const;
  bool no_boot_file();
  bool label(const std::string& text, const std::string& path);
  bool what_boots_by_itself(const pxelinux::Unattended& does);
  bool modules_there(const pxelinux::Menu& menu, const std::string& module, Stage stage);
  bool module(const pxelinux::Menu& menu, const pxelinux::Loading& loading);
  bool kernel_file(const pxelinux::Menu& menu, const pxelinux::Loading& loading, pxelinux::FileKind asked);
  bool served(Stage stage, const std::string& name);
  std::optional<NotServed> refused(const std::string& path) const;
  void say_refused(Stage stage, const std::string& what, const std::string& path,
                   const std::string& hint = "");
  std::string in_tftp(const std::string& name) const;
  pxelinux::FileName whole_name(const std::string& name) const;
  bool is_elsewhere(const std::string& name) const;
  void say_elsewhere(Stage stage, const std::string& name);
  std::string loader_folder() const;
  std::optional<std::string> read_served(const std::string& path) const;

  // follow_root.cpp
  bool command_line();
  std::optional<Initramfs> initrd_maker(const KernelCommandLine& line, std::string& problem) const;
  bool kernel_mounts_root(const KernelCommandLine& line, const NfsRootReading& reading);
  void kerrighed(const KernelCommandLine& line);
  void kernel_support();
  void check_copy(Stage stage, const Image& image, const std::string& file, const std::string& path);
  bool root();
  void mounts();
  void follow_mount(const fstab::Line& line);

  // follow_exports.cpp
  struct ServerMount {
    const fstab::Mount& mount;
    std::string where;
    Status fatal;  // where it is not mounted
  };
  bool can_be_exported(Stage stage, Status fatal, const exports::Verdict& verdict);
  bool is_mounted(const exports::Verdict& verdict);
  bool squashed_root(const exports::Verdict& verdict);
  void reaches(Stage stage, const std::string& path, const exports::Verdict& verdict);
  void from_server(const ServerMount& mount, const std::string& path);
  void mounted_writable(const ServerMount& mount, const std::string& path, const exports::Verdict& verdict);

  // follow_writable.cpp
  bool root_is_read_only(const KernelCommandLine& line) const;
  bool initrd_makes_root_volatile() const;
  void writable_directories(const fstab::FstabTable& table);

  // follow_init.cpp
  bool init();
  bool initrd_holds(const std::string& name) const;
  bool initrd_is_left_aside(const KernelCommandLine& line) const;
  bool initrd_program(const KernelCommandLine& line);
  void shared_machine_id();

  // follow_login.cpp
  void login();

  const ServerFiles& files_;
  const Cluster& cluster_;
  const Node* node_ = nullptr;    // the listed node this machine is
  const Image* image_ = nullptr;  // whose tree is the root
  Trace trace_;
  std::optional<Ipv4Range> pool_;  // where the address is one of many
  std::optional<Ipv4Address> next_server_;
  TftpReader tftp_reader_;
  bool tftp_renames_ = false;      // by a map file, which is not followed
  std::string filename_;           // of the loader
  bool loader_in_pieces_ = false;  // pxelinux since version 5: ldlinux.c32, and libraries for modules
  std::string dhcp_root_path_;
  std::string config_file_;                // that DHCP names for pxelinux; empty: none
  std::string path_prefix_;                // likewise, of all that pxelinux asks for
  bool root_exported_read_only_ = false;   // to this machine
  Initramfs consumer_ = Initramfs::none;   // who is to mount the root
  std::vector<std::string> root_options_;  // mount options
  std::optional<int> root_nfs_version_;
  std::string init_;  // in the image, links resolved
};

/// Calls `follow`. A file that keeps a stage from being followed is a step of it, `worst` is how bad, and
/// ends it: whoever fills an image must not end the traces of all others.
template <class Follow>
bool Follower::follow(Stage stage, Status worst, Follow follow) {
  try {
    return follow();
  } catch (const Error& error) {
    rethrow_unless_of_files(error);
    say(stage, worst, error.what(), error.code());
    return false;
  }
}

}  // namespace krgboot
