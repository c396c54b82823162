// SPDX-License-Identifier: MIT
#include "grid.hpp"

#include <fmt/core.h>

#include "columns.hpp"
#include "print.hpp"
#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace replay {

using namespace trimtab::simulate;
namespace fs = std::filesystem;

namespace {

constexpr std::array<double, 5> healths = {1.10, 1.20, 1.35, 1.60, 2.00};
constexpr std::array<double, 3> shares = {0.01, 0.10, 0.50};
constexpr std::array<std::pair<double, double>, 2> bands = {{{1.15, 1.25}, {1.25, 1.35}}};
constexpr std::int64_t longest_bar_for_latency = 300;  // seconds
constexpr double cost_goal = 0.40;                     // of chunks against one-shot
constexpr std::pair<double, double> undecided_health = {0.98, 1.02};

struct window {
  std::string name;
  std::string path;
};

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// One ETH price file of a folder: spot before a pool's before a perpetual's, USD before other quotes, then by name.
std::string eth_file(const fs::path& folder) {
  std::vector<std::tuple<int, int, std::string>> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".csv" || !(contains(name, "_ETH-") || contains(name, "_WETH-"))) continue;
    found.emplace_back(contains(name, "-spot_")   ? 0
                       : contains(name, "-perp_") ? 2
                                                  : 1,
                       contains(name, "-USD_") ? 0 : 1, entry.path().string());
  }
  return found.empty() ? "" : std::get<2>(*std::min_element(found.begin(), found.end()));
}

std::vector<window> windows_of(const std::string& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) throw user_error(folder + ": not a folder");
  std::vector<window> out;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (!entry.is_directory()) continue;
    if (std::string file = eth_file(entry.path()); !file.empty())
      out.push_back({entry.path().filename().string(), std::move(file)});
  }
  if (out.empty()) throw user_error(folder + ": no folder in it has an ETH price file");
  std::sort(out.begin(), out.end(), [](const window& a, const window& b) { return a.name < b.name; });
  return out;
}

struct cell {
  std::string window;
  double health = 0.0;
  double share = 0.0;
  std::pair<double, double> band;
  outcome result;

  [[nodiscard]] const column& at(std::string_view name) const {
    return *std::find_if(result.columns.begin(), result.columns.end(), [&](const column& c) { return c.name == name; });
  }
  [[nodiscard]] bool undecided() const {
    const double lowest = result.facts.untraded_minimum;
    return lowest >= undecided_health.first && lowest <= undecided_health.second;
  }
  [[nodiscard]] bool latency_means_something() const { return result.facts.bar_seconds <= longest_bar_for_latency; }
};

double basis_points_of(double value, const arguments& a) {
  return 1e4 * value / a.debt;
}

/// Liquidations, then what trading and being liquidated cost, in bp of the opening debt.
std::string lost(const column& c, const arguments& a) {
  const auto& k = c.report.equity.costs;
  return fmt::format("{} · {:.0f}", c.report.counts.liquidations, basis_points_of(k.trading() + k.liquidation, a));
}

std::string causes_of(const run_report& r) {
  std::string text;
  for (std::size_t k = 0; k < liquidation_causes; ++k) {
    if (r.causes[k] > 0)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", r.causes[k], name(static_cast<liquidation_cause>(k)));
  }
  return text;
}

std::string verdict_of(const cell& c) {
  const run_report& one = c.at("policy_one_shot").report;
  const run_report& many = c.at("policy_chunks").report;
  std::string text = one.saveable() && many.saveable() ? "saveable"
                     : one.saveable()                  ? "saveable in one shot"
                     : many.saveable()                 ? "saveable in chunks"
                     : !one.feasible || !many.feasible ? "out of reach"
                                                       : "jump";
  if (const std::string causes = causes_of(one); !causes.empty()) text += "; one-shot " + causes;
  if (const std::string causes = causes_of(many); !causes.empty()) text += "; chunks " + causes;
  if (c.undecided()) text += " (undecided)";
  return text;
}

void print_window(const std::vector<cell>& cells, const std::string& path, const arguments& a) {
  const market_facts& f = cells.front().result.facts;
  fmt::print("\n### {}\n\n`{}`, bars of {} s, {} to {} UTC; price {:.6g}, lowest {:.6g}, highest {:.6g}.\n",
             cells.front().window, fs::path(path).filename().string(), f.bar_seconds, utc(f.first_time),
             utc(f.last_time), f.opening_price, f.lowest, f.highest);
  fmt::print(
      "Worst fall within {} s: {:.2f} %, which asks for a lower edge of {:.4f}; of the feed through its next print and "
      "{} s: {:.2f} %.\n",
      a.delay, 100.0 * f.worst_fall, f.edge, a.delay, 100.0 * f.worst_unanswered);
  if (!cells.front().latency_means_something()) {
    fmt::print(
        "Bars this long say little about minutes: what the delay of a person costs is not claimed from this file.\n");
  }
  fmt::print(
      "\n| band | debt % of pool | opening health | untraded: lowest health | static | manual 10 min | 30 min | 8 h | "
      "one-shot | "
      "chunks | lowest health one-shot / chunks | |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|\n");
  for (const cell& c : cells) {
    const auto manual = [&](const char* who) {
      return c.latency_means_something() ? lost(c.at(who), a) : std::string("–");
    };
    fmt::print("| {:.2f}/{:.2f} | {:.0f} | {:.2f} | {:.3f} | {} | {} | {} | {} | {} | {} | {:.3f} / {:.3f} | {} |\n",
               c.band.first, c.band.second, 100.0 * c.share, c.health, c.result.facts.untraded_minimum,
               lost(c.at("static"), a), manual("manual_10min"), manual("manual_30min"), manual("manual_8h"),
               lost(c.at("policy_one_shot"), a), lost(c.at("policy_chunks"), a),
               c.at("policy_one_shot").report.minimum_health, c.at("policy_chunks").report.minimum_health,
               verdict_of(c));
  }
}

struct tally {
  int cells = 0, saveable = 0, liquidations_in_saveable = 0, liquidations = 0;
  std::array<int, liquidation_causes> causes{};

  void add(const run_report& r) {
    ++cells;
    if (r.saveable()) {
      ++saveable;
      liquidations_in_saveable += r.counts.liquidations;
    }
    liquidations += r.counts.liquidations;
    for (std::size_t k = 0; k < liquidation_causes; ++k) causes[k] += r.causes[k];
  }
};

void print_tally(const char* who, const tally& t) {
  fmt::print("| {} | {} | {} | {} | {} |", who, t.cells, t.saveable, t.liquidations_in_saveable, t.liquidations);
  for (const auto cause : {liquidation_cause::jump, liquidation_cause::depth, liquidation_cause::reserve,
                           liquidation_cause::gas, liquidation_cause::reverted, liquidation_cause::steering}) {
    fmt::print(" {} |", t.causes[static_cast<std::size_t>(cause)]);
  }
  fmt::print("\n");
}

/// Everybody side by side, in the decided cells; people only of files that say something about minutes.
void print_everybody(const std::vector<std::vector<cell>>& all, const arguments& a) {
  std::vector<const cell*> cells;
  for (const auto& of_window : all) {
    for (const cell& c : of_window) {
      if ((a.systems || c.latency_means_something()) && !c.undecided()) cells.push_back(&c);
    }
  }
  if (cells.empty()) return;
  fmt::print("\nThe {} decided cells{}, everybody in the same ones; liquidations, and what they and trading ",
             cells.size(),
             a.systems ? "" : fmt::format(" of files with bars of at most {} s", longest_bar_for_latency));
  fmt::print(
      "cost on average in bp of the opening debt, by debt in % of the pool:\n\n"
      "| | liquidations, 1 % | cost | liquidations, 10 % | cost | liquidations, 50 % | cost "
      "|\n|---|---:|---:|---:|---:|---:|---:|\n");
  for (const column& like : cells.front()->result.columns) {
    fmt::print("| {} {} |", like.who, like.how);
    for (const double share : shares) {
      int liquidations = 0, count = 0;
      double cost = 0.0;
      for (const cell* c : cells) {
        if (c->share != share) continue;
        const run_report& r = c->at(like.name).report;
        liquidations += r.counts.liquidations;
        cost += basis_points_of(r.equity.costs.liquidation + r.equity.costs.trading(), a);
        ++count;
      }
      fmt::print(" {} | {:.0f} |", liquidations, cost / count);
    }
    fmt::print("\n");
  }
}

/// The systems window by window, at one share and one band, all openings together.
void print_systems(const std::vector<std::vector<cell>>& all, const arguments& a) {
  fmt::print("\nBy crash, debt {:.0f} % of the pool, band {:.2f}/{:.2f}; the sum over the opening healths:\n\n|",
             100.0 * shares[1], bands[0].first, bands[0].second);
  for (const column& like : all.front().front().result.columns) fmt::print(" | {} {}", like.who, like.how);
  fmt::print(" |\n|---|");
  for (std::size_t k = 0; k < all.front().front().result.columns.size(); ++k) fmt::print("---:|");
  fmt::print("\n");
  for (const auto& cells : all) {
    fmt::print("| {} |", cells.front().window);
    for (const column& like : cells.front().result.columns) {
      int liquidations = 0;
      double cost = 0.0;
      for (const cell& c : cells) {
        if (c.share != shares[1] || c.band != bands[0]) continue;
        const run_report& r = c.at(like.name).report;
        liquidations += r.counts.liquidations;
        cost += basis_points_of(r.equity.costs.liquidation + r.equity.costs.trading(), a);
      }
      fmt::print(" {} · {:.0f} |", liquidations, cost);
    }
    fmt::print("\n");
  }
}

void print_summary(const std::vector<std::vector<cell>>& all) {
  tally one, many;
  int cells = 0, undecided = 0, untouched = 0, static_liquidations = 0, more = 0;
  std::vector<double> ratios;
  double cost_once = 0.0, cost_pieces = 0.0;
  for (const auto& cells_of_window : all) {
    for (const cell& c : cells_of_window) {
      ++cells;
      const run_report& still = c.at("static").report;
      const run_report& once = c.at("policy_one_shot").report;
      const run_report& pieces = c.at("policy_chunks").report;
      if (c.share == shares[1] && c.band == bands[0]) {
        more += pieces.counts.liquidations > once.counts.liquidations ? 1 : 0;
        cost_once += once.equity.costs.trading();
        cost_pieces += pieces.equity.costs.trading();
        if (once.equity.costs.trading() > 0.0)
          ratios.push_back(pieces.equity.costs.trading() / once.equity.costs.trading());
      }
      if (c.undecided()) {
        ++undecided;
        continue;
      }
      untouched += still.counts.liquidations == 0 ? 1 : 0;
      static_liquidations += still.counts.liquidations;
      one.add(once);
      many.add(pieces);
    }
  }
  fmt::print(
      "{} cells; {} undecided (had nobody traded, the lowest health would lie in [{:.2f}, {:.2f}]) and left out of the "
      "counts below. ",
      cells, undecided, undecided_health.first, undecided_health.second);
  fmt::print("In {} of the others sitting still cost nothing; in the rest it was liquidated {} times.\n\n", untouched,
             static_liquidations);
  fmt::print(
      "| policy | cells | saveable | liquidations in saveable cells | liquidations in all | jump | depth | reserve | "
      "gas | reverted | "
      "steering |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
  print_tally("one-shot", one);
  print_tally("chunks", many);
  std::sort(ratios.begin(), ratios.end());
  if (!ratios.empty()) {
    const auto within = std::upper_bound(ratios.begin(), ratios.end(), cost_goal) - ratios.begin();
    fmt::print(
        "\nAt debt {:.0f} % and band {:.2f}/{:.2f}, chunks cost {:.0f} % of what one-shot cost, all cells together; of "
        "the {} cells that "
        "traded, {} lie at or below {:.0f} % (median {:.0f} %, from {:.0f} % to {:.0f} %). Cells in which chunks were "
        "liquidated more "
        "often than one-shot: {}.\n",
        100.0 * shares[1], bands[0].first, bands[0].second, 100.0 * cost_pieces / cost_once, ratios.size(), within,
        100.0 * cost_goal, 100.0 * ratios[ratios.size() / 2], 100.0 * ratios.front(), 100.0 * ratios.back(), more);
  }
}

}  // namespace

int print_grid(const arguments& given) {
  const std::vector<window> windows = windows_of(given.grid);
  const std::size_t per_window = bands.size() * shares.size() * healths.size();
  const cast who = given.systems ? cast::systems : cast::essential;
  std::vector<scenario> scenarios;
  std::size_t steps = 0;
  for (const window& w : windows) {
    arguments a = given;
    a.assets = {{"ETH", w.path}};
    scenarios.push_back(make_scenario(a));
    steps += per_window * steps_of(scenarios.back(), who);
  }
  std::vector<std::vector<cell>> all;
  {
    progress shown(given.quiet ? progress::style::quiet : progress::style::automatic, steps);
    for (std::size_t k = 0; k < windows.size(); ++k) {
      auto& cells = all.emplace_back();
      for (const auto& band : bands) {
        for (const double share : shares) {
          for (const double health : healths) {
            arguments a = given;
            a.assets = {{"ETH", windows[k].path}};
            a.lower = band.first;
            a.target = band.second;
            a.debt_share = share;
            a.health = health;
            cells.push_back({windows[k].name, health, share, band, replay_all(a, scenarios[k], who, shown)});
            for (column& c : cells.back().result.columns) c.report.health = {}, c.report.notes = {};
          }
        }
      }
    }
  }
  if (given.systems) {
    print_everybody(all, given);
    print_systems(all, given);
    return 0;
  }
  print_summary(all);
  print_everybody(all, given);
  fmt::print("\nIn the tables below a pair is *liquidations · loss and trading cost in bp of the opening debt*.\n");
  for (std::size_t k = 0; k < windows.size(); ++k) print_window(all[k], windows[k].path, given);
  return 0;
}

}  // namespace replay
