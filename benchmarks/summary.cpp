// SPDX-License-Identifier: MIT
// bench_summary <bars.json> <folder> <name>=<compiler>...: reads <folder>/<name>.json (Google Benchmark, medians of
// `id/ours` and `id/peer`), times the include of the library, and writes and prints <folder>/summary.json.
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <string>

namespace {

using json = nlohmann::ordered_json;

struct pair_ns {
  std::optional<double> ours, peer;
};

json read(const std::string& path) {
  std::ifstream file(path);
  return file ? json::parse(file, nullptr, /*allow_exceptions=*/false) : json();
}

double nanoseconds(const json& run) {
  static const std::map<std::string, double> unit{{"ns", 1.0}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};
  return run.at("cpu_time").get<double>() * unit.at(run.at("time_unit").get<std::string>());
}

/// `id/ours` or `id/peer`, or either followed by an argument that then belongs to the id: `id/ours/8` -> id/8.
void collect(const json& run, std::map<std::string, pair_ns>& found) {
  if (run.value("aggregate_name", "") != "median") return;
  std::string name = run.at("run_name").get<std::string>();
  for (const bool ours : {true, false}) {
    const auto at = name.find(ours ? "/ours" : "/peer");
    if (at == std::string::npos) continue;
    name.erase(at, 5);
    (ours ? found[name].ours : found[name].peer) = nanoseconds(run);
    return;
  }
}

/// Wall time to compile a file that includes one header; negative when it does not compile.
double compile_ns(const std::string& compiler, const std::string& folder, const char* header) {
  const std::string source = folder + "/include_time.cpp";
  std::ofstream(source) << "#include <" << header << ">\n";
  const std::string command = compiler + " -std=c++20 -Iinclude -c " + source + " -o " + folder + "/include_time.o";
  const auto start = std::chrono::steady_clock::now();
  if (std::system(command.c_str()) != 0) return -1.0;
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count();
}

/// Medians of nine alternating compilations each.
pair_ns include_time(const std::string& compiler, const std::string& folder) {
  std::array<double, 9> ours{}, peer{};
  for (std::size_t i = 0; i < ours.size(); ++i) {
    ours[i] = compile_ns(compiler, folder, "trimtab/trimtab.hpp");
    peer[i] = compile_ns(compiler, folder, "gtest/gtest.h");
    if (ours[i] < 0.0 || peer[i] < 0.0) return {};
  }
  std::nth_element(ours.begin(), ours.begin() + 4, ours.end());
  std::nth_element(peer.begin(), peer.begin() + 4, peer.end());
  return {ours[4], peer[4]};
}

std::string number(double x, const char* format = "%.4g") {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), format, x);
  return text.data();
}

/// One line of the summary. `bar` says in words what `met` then answers; null where there is no bar or nothing was
/// measured.
json line(const std::string& id, const json& bars, const std::string& compiler, const pair_ns& time) {
  const json bar = bars.value(id, json::object());
  json out{{"id", id}, {"what", bar.value("what", "")}, {"compiler", compiler}, {"ours_ns", nullptr}};
  out["peer"] = bar.value("peer", "");
  for (const char* key : {"peer_ns", "ratio", "bar", "met"}) out[key] = nullptr;
  if (time.ours) out["ours_ns"] = *time.ours;
  if (time.peer) out["peer_ns"] = *time.peer;
  if (time.ours && time.peer) out["ratio"] = *time.peer / *time.ours;
  std::string words;
  bool met = true;
  if (bar.contains("bar_ns")) {
    const double limit = bar["bar_ns"].get<double>();
    words = "ours <= " + number(limit) + " ns";
    met = met && time.ours && *time.ours <= limit;
  }
  if (bar.contains("bar_ratio")) {  // a number, or one per compiler
    const json& of = bar["bar_ratio"];
    const double limit = of.is_object() ? of.at(compiler).get<double>() : of.get<double>();
    words += (words.empty() ? "ours <= " : " and <= ") + number(limit) + " x peer";
    met = met && time.ours && time.peer && *time.ours <= limit * *time.peer;
  }
  if (!words.empty()) out["bar"] = words;
  const bool unknown = bar.contains("bar_ratio") && !time.peer;  // an optional peer that is not installed
  if (!words.empty() && time.ours && !unknown) out["met"] = met;
  return out;
}

std::string cell(const json& value, const char* format) {
  return value.is_null() ? "-" : value.is_number() ? number(value.get<double>(), format) : value.dump();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return std::fputs("usage: bench_summary <bars.json> <folder> <name>=<compiler>...\n", stderr), 2;
  const json bars = read(argv[1]);
  if (!bars.is_object()) return std::fprintf(stderr, "%s: not a JSON object\n", argv[1]), 2;
  const std::string folder = argv[2];
  json summary = json::array();
  for (int i = 3; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    std::map<std::string, pair_ns> found;
    const json report = read(folder + "/" + name + ".json");
    if (report.is_object())
      for (const json& run : report.value("benchmarks", json::array())) collect(run, found);
    for (const auto& [id, bar] : bars.items()) found[id];  // a bar that nothing measured is listed, not forgotten
    found["include_time"] = include_time(argument.substr(equals + 1), folder);
    for (const auto& [id, time] : found) summary.push_back(line(id, bars, name, time));
  }
  std::ofstream(folder + "/summary.json") << summary.dump(2) << '\n';

  std::printf("\n%-28s %-9s %14s %14s %8s  %s\n", "id", "compiler", "ours [ns]", "peer [ns]", "ratio", "bar");
  for (const json& l : summary) {
    const std::string met = l["met"].is_null() ? "" : l["met"].get<bool>() ? ": met" : ": NOT MET";
    const std::string bar = l["bar"].is_null() ? "-" : l["bar"].get<std::string>();
    std::printf("%-28s %-9s %14s %14s %8s  %s%s\n", l["id"].get<std::string>().c_str(),
                l["compiler"].get<std::string>().c_str(), cell(l["ours_ns"], "%.1f").c_str(),
                cell(l["peer_ns"], "%.1f").c_str(), cell(l["ratio"], "%.2f").c_str(), bar.c_str(), met.c_str());
  }
  std::printf("written: %s/summary.json\n", folder.c_str());
  return 0;
}
