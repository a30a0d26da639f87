#pragma once

#include "krgboot/apply/trace.hpp"
#include "krgboot/formats/loader/pxelinux/file_name.hpp"
#include "krgboot/formats/loader/pxelinux/menu.hpp"

#include <optional>
#include <string>
#include <string_view>

#include "apply/trace/stages.hpp"
#include "served_file.hpp"
#include "server_files.hpp"

namespace krgboot {

/// The stages of DHCP server, TFTP server and loader. Fills in what the trace says of them.
class Follower {
 public:
  Follower(const ServerFiles& files, Trace& trace, tracing::Steps& steps);
  /// Is the kernel started?
  bool follow();
  tracing::DhcpResult dhcp_result() const;
  tracing::Booted booted() const;

 private:
  void say(Stage stage, Status status, std::string what, std::string why = "", std::string hint = "") {
    steps_.say(stage, status, std::move(what), std::move(why), std::move(hint));
  }
  void say_all(Stage stage, const Diagnostics& diagnostics) { steps_.say_all(stage, diagnostics); }

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

  const ServerFiles& files_;
  const Cluster& cluster_;
  const Node* node_ = nullptr;  // the listed node this machine is
  Trace& trace_;
  tracing::Steps& steps_;
  std::optional<Ipv4Range> pool_;  // where the address is one of many
  std::optional<Ipv4Address> next_server_;
  TftpReader tftp_reader_;
  bool tftp_renames_ = false;      // by a map file, which is not followed
  std::string filename_;           // of the loader
  bool loader_in_pieces_ = false;  // pxelinux since version 5: ldlinux.c32, and libraries for modules
  std::string dhcp_root_path_;
  std::string config_file_;  // that DHCP names for pxelinux; empty: none
  std::string path_prefix_;  // likewise, of all that pxelinux asks for
};

}  // namespace krgboot
