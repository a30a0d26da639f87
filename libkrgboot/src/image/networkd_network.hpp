#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// What a .network file of systemd-networkd and its drop-in files say together (systemd.network(5)) of the
/// one question that a node without disks asks: may it be for the card that the root came by, and does that
/// card keep its address?
class NetworkdNetwork {
 public:
  /// The file's text, then those of its drop-in files in the order of their names: what comes later counts.
  void add(std::string_view text);

  /// False where its [Match] can only be of something that no machine boots by: wireless cards, the loopback,
  /// and what networkd or a container makes (bridges, tunnels, virtual Ethernet).
  bool may_be_of_boot_card() const;

  /// KeepConfiguration=yes, or CriticalConnection=yes of former days; Unmanaged=yes leaves the card alone.
  bool keeps_address() const;

 private:
  void match(const std::string& name, const std::string& value);

  bool virtual_ = false;
  std::vector<std::string> types_;
  std::vector<std::string> names_;
  std::string keep_;
  bool critical_ = false;
  bool unmanaged_ = false;
};

}  // namespace krgboot
