// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <thread>

#include "platform/cli/commands.h"
#include "platform/cli/errors.h"
#include "platform/cli/headline.h"
#include "platform/cli/human_units.h"
#include "platform/cli/load.h"
#include "platform/cli/output.h"
#include "platform/cli/progress_line.h"
#include "platform/cli/table.h"
#include "platform/config/config.h"
#include "platform/report/page.h"
#include "platform/soc/simulation.h"

namespace prism::cli {
namespace fs = std::filesystem;
namespace {

void show_progress(ProgressLine& line, const soc::Progress& progress) {
  const double steps = progress.steps_total;
  const double layers = progress.layers_total;
  if (steps == 0 || layers == 0) return;
  line.show("step " + std::to_string(progress.steps_done) + "/" + std::to_string(progress.steps_total) +
                ", layer " + std::to_string(progress.layers_done) + "/" +
                std::to_string(progress.layers_total) + ", " + human_time_ns(progress.simulated_ns) +
                " simulated",
            (progress.steps_done + progress.layers_done / layers) / steps);
}

void add_faults(Table& table, const nlohmann::json& faults) {
  const auto found = faults.at("detected").at("total").get<std::uint64_t>();
  if (found == 0) return;
  std::string means;
  for (const auto& [name, count] : faults.at("recovered").items()) {
    if (count == 0 || name == "total") continue;
    means += fmt::format("{}{} {}", means.empty() ? "" : ", ", count.get<std::uint64_t>(), name);
  }
  table.add_row({"faults", std::to_string(found)});
  table.add_row({"recovered by", means.empty() ? "-" : means});
  table.add_row({"time lost to faults", human_time_ns(faults.at("time_lost_ns").get<double>())});
}

std::string summary(const nlohmann::json& report) {
  const Headline figures = headline_of(report);
  const auto optional_text = [](const std::optional<double>& value) {
    return value ? human_fraction(*value) : std::string("-");
  };
  Table table({"a decode step", "value"});
  table.add_row({"context, batch", human_tokens(static_cast<double>(figures.context_tokens)) + ", " +
                                       std::to_string(figures.batch)});
  table.add_row({"policy", figures.policy});
  table.add_row(
      {"blocks", std::to_string(figures.blocks_selected) + "/" + std::to_string(figures.blocks_total)});
  table.add_row({"HBM: K/V", human_bytes(figures.kv_bytes)});
  table.add_row({"HBM: weights", human_bytes(figures.weight_bytes)});
  table.add_row({"HBM: signatures", human_bytes(figures.signature_bytes)});
  table.add_row({"HBM: other", human_bytes(figures.other_bytes)});
  table.add_row({"HBM bandwidth", human_rate(figures.achieved_gbps) + " GB/s of " +
                                      human_rate(report.at("hbm").at("peak_gbps").get<double>())});
  table.add_row({"HBM row hits", human_fraction(figures.row_hit_rate)});
  table.add_row({"HBM refreshes", human_rate(figures.refreshes)});
  table.add_row({"HBM energy", human_energy_pj(figures.hbm_energy_pj)});
  table.add_row({"time", human_time_ns(figures.time_ns)});
  table.add_row({"tokens/s", human_rate(figures.tokens_per_second)});
  table.add_row({"energy", human_energy_pj(figures.energy_pj)});
  table.add_row({"recall@k", optional_text(figures.recall_at_k)});
  table.add_row({"attention mass", optional_text(figures.attention_mass)});
  add_faults(table, report.at("faults"));
  std::string text = table.text();
  for (const std::string& caveat : caveats_of(report)) text += "Note: " + caveat + ".\n";
  for (const auto& warning : report.at("warnings")) text += "Warning: " + warning.get<std::string>() + ".\n";
  return text;
}

std::optional<soc::TimelineRecorder> timeline_of(const RunArguments& arguments,
                                                 const soc::InstructionTrace& trace) {
  if (arguments.timeline == "none") return std::nullopt;
  if (trace.out != nullptr) reject("--timeline", "--trace-instructions, too", "one of them");
  return std::make_optional<soc::TimelineRecorder>(
      soc::TimelineRecorder::Options{arguments.timeline == "transactions", arguments.timeline_events});
}

void write_timeline(const soc::TimelineRecorder& timeline, const nlohmann::json& report,
                    const fs::path& file) {
  const auto& hbm = report.at("hbm");
  write_file(file, [&](std::ostream& stream) {
    timeline.log().write(stream, {{"version", report.at("provenance").at("version").dump()},
                                  {"simulated_ns", report.at("simulation").at("simulated_ns").dump()},
                                  {"hbm_bytes_read", hbm.at("bytes_read").dump()},
                                  {"hbm_bytes_written", hbm.at("bytes_written").dump()}});
  });
  if (timeline.log().dropped() == 0) return;
  std::cerr << fmt::format(
      "prism-vp: warning: the timeline is cut: {} events are in it, {} more are not (--timeline-events)\n",
      timeline.log().events(), timeline.log().dropped());
}

void check_segments(const rv64::ElfFile& firmware, const interconnect::TargetRange& ram,
                    const fs::path& file) {
  for (const rv64::ElfFile::Segment& segment : firmware.segments) {
    const bool inside = segment.address >= ram.base && segment.memory_bytes <= ram.bytes &&
                        segment.address - ram.base <= ram.bytes - segment.memory_bytes;
    if (inside) continue;
    reject(file.string(),
           fmt::format("a segment of {} bytes at {:#x}", segment.memory_bytes, segment.address),
           fmt::format("it within the RAM, {:#x} to {:#x}", ram.base, ram.base + ram.bytes - 1));
  }
}

std::optional<rv64::ElfFile> firmware_of(const config::PlatformConfig& config,
                                         const RunArguments& arguments) {
  if (config.cpu.model != config::CpuModel::kRv64) return std::nullopt;
  const fs::path file = arguments.firmware.empty() ? firmware_file("decode") : arguments.firmware;
  try {
    rv64::ElfFile firmware = rv64::ElfFile::read(file);
    check_segments(firmware, config.range("ram"), file);
    return firmware;
  } catch (const std::runtime_error& problem) {
    throw InputError(problem.what());
  }
}

std::uint64_t parse_address(const std::string& text, const rv64::SymbolTable& symbols) {
  if (const auto address = symbols.address_of(text)) return *address;
  std::uint64_t address = 0;
  const char* end = text.data() + text.size();
  if (text.starts_with("0x")) {
    const auto parsed = std::from_chars(text.data() + 2, end, address, 16);
    if (parsed.ec == std::errc() && parsed.ptr == end) return address;
  }
  reject("--trace-range", "\"" + text + "\"", "an address (0x...) or a symbol of the firmware");
}

/// Opens `file` if a trace is wanted.
soc::InstructionTrace trace_of(const RunArguments& arguments, const rv64::ElfFile* firmware,
                               std::ofstream& file) {
  soc::InstructionTrace trace;
  if (arguments.instruction_trace.empty()) {
    if (arguments.trace_range.empty()) return trace;
    reject("--trace-range", "no --trace-instructions", "a file for the trace");
  }
  if (firmware == nullptr) reject("--trace-instructions", "cpu.model \"native\"", "\"rv64\"");
  if (!arguments.trace_range.empty()) {
    const std::size_t colon = arguments.trace_range.find(':');
    if (colon == std::string::npos) {
      reject("--trace-range", "\"" + arguments.trace_range + "\"", "FIRST:LAST");
    }
    trace.first = parse_address(arguments.trace_range.substr(0, colon), firmware->symbols);
    trace.last = parse_address(arguments.trace_range.substr(colon + 1), firmware->symbols);
    if (trace.first >= trace.last) {
      reject("--trace-range", fmt::format("{:#x} to {:#x}", trace.first, trace.last), "FIRST below LAST");
    }
  }
  file.open(arguments.instruction_trace);
  if (!file) {
    reject("--trace-instructions", arguments.instruction_trace.string(), "a file that can be written");
  }
  trace.out = &file;
  return trace;
}

/// The range that --signature asks for; empty: it does not.
soc::MemoryRange signature_of(const RunArguments& arguments, const config::PlatformConfig& config,
                              const rv64::ElfFile* firmware) {
  if (arguments.signature.empty()) return {};
  if (firmware == nullptr) reject("--signature", "cpu.model \"native\"", "\"rv64\"");
  if (!fs::is_directory(fs::absolute(arguments.signature).parent_path())) {
    reject("--signature", "no folder for " + arguments.signature.string(), "one that exists");
  }
  const auto first = firmware->symbols.address_of("begin_signature");
  const auto last = firmware->symbols.address_of("end_signature");
  if (!first || !last) {
    reject("--signature", "no begin_signature and end_signature in the firmware", "both symbols");
  }
  const interconnect::TargetRange& ram = config.range("ram");
  const bool inside = *first >= ram.base && *last - ram.base <= ram.bytes;
  if (*first >= *last || (*last - *first) % sizeof(std::uint32_t) != 0 || !inside) {
    reject("--signature", fmt::format("a signature from {:#x} to {:#x}", *first, *last),
           "one or more 32-bit words within the RAM");
  }
  return {*first, *last - *first};
}

void write_signature(const fs::path& file, const std::vector<std::byte>& signature) {
  std::string text;
  for (std::size_t i = 0; i < signature.size(); i += sizeof(std::uint32_t)) {
    std::uint32_t word = 0;
    std::memcpy(&word, &signature[i], sizeof word);
    text += fmt::format("{:08x}\n", word);
  }
  write_file(file, text);
}

std::unique_ptr<gdb::LocalSocket> listen(const char* option, std::uint16_t port, const char* waits_for) {
  try {
    auto socket = std::make_unique<gdb::LocalSocket>(port);
    std::cerr << "prism-vp: waiting for " << waits_for << " 127.0.0.1:" << socket->port() << std::endl;
    return socket;
  } catch (const std::runtime_error& problem) {
    reject(option, fmt::format("port {} ({})", port, problem.what()), "a free port");
  }
}

std::unique_ptr<gdb::LocalSocket> debugger_of(const RunArguments& arguments, const rv64::ElfFile* firmware) {
  if (!arguments.gdb_port) return nullptr;
  if (firmware == nullptr) reject("--gdb", "cpu.model \"native\"", "\"rv64\"");
  return listen("--gdb", *arguments.gdb_port, "gdb: target remote");
}

/// The firmware's console: standard output, a file, or a terminal on a TCP port.
class Console {
 public:
  explicit Console(const std::string& where) {
    if (where.empty()) return;
    if (const auto port = tcp_port(where)) {
      terminal_ = listen("--console", *port, "a terminal:");
      terminal_->accept();
      return;
    }
    file_.open(where);
    if (!file_) reject("--console", '"' + where + '"', "a file that can be written, or tcp[:PORT]");
  }

  void put(char character) {
    if (terminal_ != nullptr) {
      terminal_->send({&character, 1});
    } else {
      (file_.is_open() ? file_ : std::cout).put(character);
    }
  }
  bool has_keyboard() const { return terminal_ != nullptr; }
  /// What has been typed. Waits a little when there is nothing, so that simulated time does not run away
  /// while the firmware waits for somebody to type.
  std::string typed() {
    std::string text = terminal_->poll();
    if (text.empty()) std::this_thread::sleep_for(std::chrono::microseconds(100));
    return text;
  }

 private:
  /// Nothing when `where` is a file.
  static std::optional<std::uint16_t> tcp_port(const std::string& where) {
    if (where == "tcp") return std::uint16_t{0};
    if (!where.starts_with("tcp:")) return std::nullopt;
    std::uint16_t port = 0;
    const char* end = where.data() + where.size();
    const auto parsed = std::from_chars(where.data() + 4, end, port);
    if (parsed.ec != std::errc() || parsed.ptr != end)
      reject("--console", '"' + where + '"', "tcp:PORT, 0 to 65535");
    return port;
  }

  std::ofstream file_;
  std::unique_ptr<gdb::LocalSocket> terminal_;
};

}  // namespace

int run(const RunArguments& arguments) {
  config::ConfigTree tree = load(arguments.config, arguments.overrides);
  if (!arguments.firmware.empty()) tree.set("cpu.model=rv64");
  if (arguments.max_instructions) {
    tree.set("cpu.rv64.max_instructions=" + std::to_string(*arguments.max_instructions));
  }
  const config::PlatformConfig config = config::parse_config(tree);
  const std::optional<rv64::ElfFile> firmware = firmware_of(config, arguments);
  const fs::path out = arguments.out.empty() ? fs::path("out") / arguments.config.stem() : arguments.out;
  make_directory(out);
  print_warnings(config.warnings);
  const rv64::ElfFile* program = firmware ? &*firmware : nullptr;
  std::ofstream trace_file;
  const soc::InstructionTrace trace = trace_of(arguments, program, trace_file);
  const soc::MemoryRange signature = signature_of(arguments, config, program);
  std::optional<soc::TimelineRecorder> timeline = timeline_of(arguments, trace);
  const std::unique_ptr<gdb::LocalSocket> debugger = debugger_of(arguments, program);
  Console console(arguments.console);

  const soc::RunOutcome outcome = [&] {
    ProgressLine line(arguments.quiet);
    soc::RunOptions options;
    options.progress = [&](const soc::Progress& progress) { show_progress(line, progress); };
    options.on_console = [&](char character) { console.put(character); };
    if (console.has_keyboard()) options.console_input = [&] { return console.typed(); };
    options.firmware = program;
    options.debugger = debugger.get();
    options.trace = trace;
    options.signature = signature;
    options.timeline = timeline ? &*timeline : nullptr;
    options.threads = arguments.threads;
    return soc::simulate(config, options);
  }();

  const fs::path file = out / "report.json";
  write_file(file, outcome.report.dump(2) + "\n");
  if (!arguments.signature.empty()) write_signature(arguments.signature, outcome.signature);
  if (timeline) write_timeline(*timeline, outcome.report, out / "timeline.json");
  if (outcome.exit_code != kExitDone) {
    std::cerr << "prism-vp: the simulated system failed: " << outcome.failure << " (" << file.string()
              << ")\n";
    return outcome.exit_code;
  }
  // A program that is no decode firmware has nothing to sum up.
  const bool decoded = outcome.report.at("decode").at("steps_done") > 0;
  const std::string text = decoded ? summary(outcome.report) : "";
  std::cout << text;
  if (!arguments.json_only) {
    write_file(out / "summary.txt", text);
    write_file(out / "report.html",
               report::report_page({{arguments.config.stem().string(), outcome.report}}));
  }
  std::cout << "Report: " << file.string() << "\n";
  return kExitDone;
}

}  // namespace prism::cli
