#include "krgboot/plan/changes.hpp"
#include "krgboot/plan/plan.hpp"
#include "krgboot/plan/render.hpp"
#include "krgboot/plan/unified_diff.hpp"

#include "bind_values.hpp"

namespace krgboot::bindings {

namespace {

/// Common fields of an item that a Python program makes.
Item item_at(std::string path, std::string origin, std::string within) {
  return {Role::other, std::move(path), std::move(origin), std::move(within)};
}

void bind_items(py::module_& m) {
  py::native_enum<Role>(m, "Role", "enum.Enum", "The purpose of a file on the boot server.")
      .value("dhcp", Role::dhcp)
      .value("tftp", Role::tftp)
      .value("exports", Role::exports)
      .value("loader", Role::loader)
      .value("boot_file", Role::boot_file)
      .value("kernel", Role::kernel)
      .value("mount_unit", Role::mount_unit)
      .value("image_file", Role::image_file)
      .value("other", Role::other)
      .value("directory", Role::directory)
      .finalize();
  py::class_<IncludeLine>(m, "IncludeLine", "One include line in the administrator's dhcpd.conf.")
      .def(py::init<std::string>(), py::arg("path"))
      .def_readonly("path", &IncludeLine::path)
      .def(py::self == py::self);
  py::class_<TftpdDefaults>(m, "TftpdDefaults",
                            "The values in /etc/default/tftpd-hpa that make the daemon serve tftp_root.")
      .def_readonly("tftp_root", &TftpdDefaults::tftp_root)
      .def(py::self == py::self);
  py::class_<MarkedBlock>(m, "MarkedBlock", "A block of lines between krgboot's markers.")
      .def(py::init<std::string, std::string>(), py::arg("name"), py::arg("body"))
      .def_readonly("name", &MarkedBlock::name)
      .def_readonly("body", &MarkedBlock::body)
      .def(py::self == py::self);

  py::class_<AccountLines>(m, "AccountLines", "Accounts in one account file, such as /etc/passwd.")
      .def_property_readonly("database", [](const AccountLines& i) { return to_string(i.database); })
      .def_property_readonly("names",
                             [](const AccountLines& i) {
                               std::vector<std::string> names;
                               for (const auto& account : i.accounts) names.push_back(account.name);
                               return names;
                             })
      .def(py::self == py::self);

  py::class_<WriteFile>(m, "WriteFile", "A file that krgboot owns entirely.")
      .def(py::init([](std::string path, const py::bytes& content, unsigned mode, std::string origin,
                       std::string within) {
             return WriteFile{item_at(std::move(path), std::move(origin), std::move(within)),
                              std::string(content), mode};
           }),
           py::arg("path"), py::arg("content"), py::arg("mode") = 0644, py::arg("origin") = "",
           py::arg("within") = "",
           "`content`: bytes. `mode`: permission bits. `within`: untrusted directory tree that holds the "
           "path.")
      .def_readonly("role", &WriteFile::role)
      .def_readonly("path", &WriteFile::path)
      .def_property_readonly(
          "content",
          [](const WriteFile& i) {
            return py::bytes(i.secret ? accounts::without_hashes(i.content) : i.content);
          },
          "The content, without password hashes.")
      .def_readonly("origin", &WriteFile::origin, "The part of the spec that it comes from.")
      .def_readonly("mode", &WriteFile::mode)
      .def_readonly("within", &WriteFile::within,
                    "Untrusted directory tree that holds the path; empty: none.")
      .def(py::self == py::self);
  py::class_<EditFile>(m, "EditFile", "A change to a file that krgboot does not own alone.")
      .def(py::init([](std::string path, std::variant<IncludeLine, MarkedBlock> edit, std::string initial,
                       std::string origin, std::string within) {
             auto any = std::visit([](auto& one) { return Edit(std::move(one)); }, edit);
             return EditFile{item_at(std::move(path), std::move(origin), std::move(within)), std::move(any),
                             std::move(initial)};
           }),
           py::arg("path"), py::arg("edit"), py::arg("initial") = "", py::arg("origin") = "",
           py::arg("within") = "", "`initial`: content to start from if the file is missing.")
      .def_readonly("role", &EditFile::role)
      .def_readonly("path", &EditFile::path)
      .def_readonly("edit", &EditFile::edit)
      .def_readonly("origin", &EditFile::origin)
      .def_readonly("within", &EditFile::within, "Untrusted directory tree that holds the path; empty: none.")
      .def(py::self == py::self);
  py::class_<CopyFile>(m, "CopyFile", "A copy of another file on the server, kept up to date.")
      .def(py::init([](std::string path, std::string source, unsigned mode, std::string origin) {
             CopyFile item{item_at(std::move(path), std::move(origin), ""), std::move(source)};
             item.mode = mode;
             return item;
           }),
           py::arg("path"), py::arg("source"), py::arg("mode") = 0644, py::arg("origin") = "")
      .def_readonly("role", &CopyFile::role)
      .def_readonly("source", &CopyFile::source)
      .def_readonly("path", &CopyFile::path)
      .def_readonly("origin", &CopyFile::origin)
      .def_readonly("mode", &CopyFile::mode)
      .def(py::self == py::self);
  py::class_<MakeLink>(m, "MakeLink", "A symbolic link.")
      .def(py::init([](std::string path, std::string target, std::string origin, std::string within) {
             return MakeLink{item_at(std::move(path), std::move(origin), std::move(within)),
                             std::move(target)};
           }),
           py::arg("path"), py::arg("target"), py::arg("origin") = "", py::arg("within") = "")
      .def_readonly("path", &MakeLink::path)
      .def_readonly("target", &MakeLink::target)
      .def_readonly("origin", &MakeLink::origin)
      .def_readonly("within", &MakeLink::within, "Untrusted directory tree that holds the path; empty: none.")
      .def(py::self == py::self);
  py::class_<MakeDirectory>(m, "MakeDirectory", "A directory.")
      .def(py::init([](std::string path, unsigned mode, std::string origin, std::string within) {
             return MakeDirectory{{Role::directory, std::move(path), std::move(origin), std::move(within)},
                                  mode};
           }),
           py::arg("path"), py::arg("mode") = 0755, py::arg("origin") = "", py::arg("within") = "")
      .def_readonly("path", &MakeDirectory::path)
      .def_readonly("origin", &MakeDirectory::origin)
      .def_readonly("mode", &MakeDirectory::mode)
      .def_readonly("within", &MakeDirectory::within,
                    "Untrusted directory tree that holds the path; empty: none.")
      .def(py::self == py::self);
  py::class_<Remove>(m, "Remove",
                     "Removal of a file or directory: krgboot's own, or one that an image must not contain.")
      .def_readonly("role", &Remove::role)
      .def_readonly("path", &Remove::path)
      .def_readonly("origin", &Remove::origin,
                    "The part of the spec that it comes from; empty: no longer in a spec.")
      .def_readonly("within", &Remove::within, "Untrusted directory tree that holds the path; empty: none.")
      .def(py::self == py::self);
  py::class_<Reload>(m, "Reload", "Makes a running service reload its files if one of `when` changed.")
      .def_readonly("service", &Reload::service)
      .def_readonly("argv", &Reload::argv)
      .def_readonly("when", &Reload::when)
      .def(py::self == py::self);
}

}  // namespace

void bind_plan(py::module_& m) {
  bind_items(m);
  py::class_<Plan>(m, "Rendering", "The desired state as data, in the order in which apply writes it.")
      .def_property_readonly(
          "items", [](const Plan& plan) -> const std::vector<PlanItem>& { return plan.items; },
          py::return_value_policy::reference_internal)
      .def_readonly("reloads", &Plan::reloads)
      .def_property_readonly(
          "scope", [](const Plan& plan) { return plan.scope.name; },
          "The owner of the items: the name of the cluster or of a program.")
      .def("__len__", [](const Plan& plan) { return plan.items.size(); })
      .def("__iter__", [](const Plan& plan) { return iterator_of(plan.items); })
      .def("__str__", [](const Plan& plan) { return to_string(plan); })
      .def("to_json", [](const Plan& plan) { return to_json(plan); })
      .def(py::self == py::self);

  py::reinterpret_borrow<py::class_<Cluster>>(m.attr("Cluster"))
      .def(
          "render",
          [](const Cluster& cluster) {
            py::gil_scoped_release release;
            return render(cluster);
          },
          "Return all files that the boot server needs, as data. Pure and deterministic.");

  py::native_enum<ChangeAction>(m, "Action", "enum.Enum")
      .value("create", ChangeAction::create)
      .value("update", ChangeAction::update)
      .value("remove", ChangeAction::remove)
      .value("adopt", ChangeAction::adopt)
      .finalize();
  py::class_<Change>(m, "Change", "One difference between the plan and the existing files.")
      .def_readonly("action", &Change::action)
      .def_readonly("item", &Change::item)
      .def_property_readonly("path", [](const Change& change) { return item_of(change.item).path; })
      .def_property_readonly(
          "origin", [](const Change& change) { return item_of(change.item).origin; },
          "The part of the spec that it comes from.")
      .def_property_readonly(
          "before",
          [](const Change& change) -> std::optional<py::bytes> {
            if (!change.before) return std::nullopt;
            const auto* file = std::get_if<WriteFile>(&change.item);
            bool secret = file != nullptr && file->secret;
            return py::bytes(secret ? accounts::without_hashes(*change.before) : *change.before);
          },
          "The existing content; None: no file, or a binary file.")
      .def_readonly("writes", &Change::writes, "False: the existing file is adopted unchanged.")
      .def(
          "diff", [](const Change& change) { return unified_diff(change); },
          "The change in the format of diff -u.")
      .def("__repr__", [](const Change& change) {
        return "<Change " + to_string(change.action) + " " + item_of(change.item).path + ">";
      });
  py::class_<PendingStep>(m, "PendingStep",
                          "A part of an image's configuration that programs inside the image must make.")
      .def_property_readonly(
          "image", [](const PendingStep& p) { return p.step.image; }, "The image's path.")
      .def_property_readonly("name", [](const PendingStep& p) { return std::string(name_of(p.step.state)); })
      .def_property_readonly(
          "what", [](const PendingStep& p) { return to_string(p.step.state); },
          "The desired state, in words.")
      .def_property_readonly(
          "origin", [](const PendingStep& p) { return p.step.origin; },
          "The part of the spec that it comes from.")
      .def_readonly("why", &PendingStep::why)
      .def(
          "diff", [](const PendingStep& p) { return unified_diff(p); },
          "The change in the format of diff -u.")
      .def("__repr__", [](const PendingStep& p) { return "<PendingStep " + to_string(p.step.state) + ">"; });
  py::class_<Changes>(m, "Changes", "The differences between a plan and the existing files.")
      .def_readonly("changes", &Changes::changes)
      .def_readonly("reloads", &Changes::reloads)
      .def_readonly("findings", &Changes::findings, "Missing files, and obstacles to applying the plan.")
      .def_readonly("accepted", &Changes::accepted,
                    "Risks that the spec accepts, with the given reason. Informational only.")
      .def_readonly(
          "notices", &Changes::notices,
          "Warnings about files that krgboot does not write but that affect nodes. Informational only.")
      .def_readonly("steps", &Changes::steps, "Steps in images that configure_image must make.")
      .def("__len__", [](const Changes& changes) { return changes.changes.size(); })
      .def("__iter__", [](const Changes& changes) { return iterator_of(changes.changes); })
      .def("__bool__", [](const Changes& changes) { return !changes.empty(); })
      .def("__str__", [](const Changes& changes) { return to_string(changes); })
      .def(
          "diff", [](const Changes& changes) { return unified_diff(changes); },
          "The change in the format of diff -u.")
      .def("to_json", [](const Changes& changes) { return to_json(changes); });
  m.def("unified_hunks", &unified_hunks, py::arg("before"), py::arg("after"),
        "The hunks of `diff -u` between two texts.");
}

}  // namespace krgboot::bindings
