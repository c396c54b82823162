// SPDX-License-Identifier: MIT
#include "print.hpp"

#include <fmt/chrono.h>
#include <fmt/core.h>

#include "sparkline.hpp"
#include <algorithm>
#include <cmath>
#include <ctime>
#include <functional>
#include <utility>
#include <vector>

namespace replay {

using namespace trimtab;
using namespace trimtab::simulate;

std::string grouped(double value) {
  const std::string digits = fmt::format("{:.0f}", std::abs(value));
  std::string out(value <= -0.5 ? 1 : 0, '-');
  for (std::size_t k = 0; k < digits.size(); ++k) {
    if (k > 0 && (digits.size() - k) % 3 == 0) out += ',';
    out += digits[k];
  }
  return out;
}

std::string utc(std::int64_t unix_seconds) {
  return fmt::format("{:%Y-%m-%d %H:%M}", fmt::gmtime(static_cast<std::time_t>(unix_seconds)));
}

namespace {

constexpr int label_width = 34;
constexpr int cell_width = 12;

using cell = std::function<std::string(const column&)>;

void row(const outcome& o, const std::string& label, const cell& of) {
  fmt::print("{:<{}}", label, label_width);
  for (const column& c : o.columns) fmt::print("{:>{}}", of(c), cell_width);
  fmt::print("\n");
}

void print_table(const arguments& a, const outcome& o) {
  const auto money = [](auto line) { return [=](const column& c) { return grouped(line(c.report.equity)); }; };
  const auto points = [&](auto line) {
    return [=, debt = a.debt](const column& c) { return fmt::format("{:.1f}", 1e4 * line(c.report.equity) / debt); };
  };
  const auto impact = [](const equity_split& e) { return e.costs.impact; };
  const auto fee = [](const equity_split& e) { return e.costs.fee; };
  const auto premium = [](const equity_split& e) { return e.costs.premium; };
  const auto gas = [](const equity_split& e) { return e.costs.gas; };
  const auto reward = [](const equity_split& e) { return e.costs.reward; };
  const auto trading = [](const equity_split& e) { return e.costs.trading(); };
  const auto liquidation = [](const equity_split& e) { return e.costs.liquidation; };

  row(o, "", [](const column& c) { return c.who; });
  row(o, "", [](const column& c) { return c.how; });
  row(o, "liquidations", [](const column& c) { return fmt::format("{}", c.report.counts.liquidations); });
  row(o, "liquidation loss", money(liquidation));
  row(o, "  bp of opening debt", points(liquidation));
  row(o, "trading cost", money(trading));
  row(o, "  price impact", money(impact));
  row(o, "  pool fee", money(fee));
  row(o, "  flash loan premium", money(premium));
  row(o, "  gas", money(gas));
  if (a.systems) row(o, "  paid to whoever sent it", money(reward));
  row(o, "trading cost, bp of opening debt", points(trading));
  row(o, "  price impact", points(impact));
  row(o, "  pool fee", points(fee));
  row(o, "  flash loan premium", points(premium));
  row(o, "  gas", points(gas));
  if (a.systems) row(o, "  paid to whoever sent it", points(reward));
  row(o, "minimum health", [](const column& c) { return fmt::format("{:.4f}", c.report.minimum_health); });
  row(o, "trades (reverted)", [](const column& c) {
    const world_counts& n = c.report.counts;
    return n.reverts > 0 ? fmt::format("{} ({})", n.trades, n.reverts) : fmt::format("{}", n.trades);
  });
  row(o, "times a person had to act", [](const column& c) { return fmt::format("{}", c.report.acted); });
  row(o, "idle collateral per debt", [](const column& c) { return fmt::format("{:.3f}", c.report.idle_per_debt); });
  row(o, "average debt / opening debt", [](const column& c) { return fmt::format("{:.3f}", c.report.average_debt); });
  row(o, "opening equity", money([](const equity_split& e) { return e.opening; }));
  row(o, "+ exposure (held x price moves)", money([](const equity_split& e) { return e.exposure; }));
  row(o, "- trading and liquidation",
      money([](const equity_split& e) { return e.costs.trading() + e.costs.liquidation; }));
  row(o, "- interest", money([](const equity_split& e) { return e.costs.interest; }));
  row(o, "+ bad debt left to the lender", money([](const equity_split& e) { return e.costs.written_off; }));
  row(o, "= final equity", money([](const equity_split& e) { return e.closing; }));
  row(o, "worse order of each bar's extremes",
      [](const column& c) { return c.report.order == bar_order::high_first ? "high, low" : "low, high"; });
}

void print_causes(const outcome& o) {
  for (const column& c : o.columns) {
    if (!c.automatic || c.report.counts.liquidations == 0) continue;
    fmt::print("\nLiquidations of {} {} by cause:", c.who, c.how);
    for (std::size_t k = 0; k < liquidation_causes; ++k) {
      if (c.report.causes[k] > 0) fmt::print(" {} {}", c.report.causes[k], name(static_cast<liquidation_cause>(k)));
    }
    fmt::print("\n");
  }
}

void print_health(const arguments& a, const outcome& o) {
  constexpr std::size_t width = 72;
  const double top = std::max(a.health, a.target) * 1.05;
  fmt::print("\nHealth, lowest of each stretch, from 1 (empty) to {:.2f} (full):\n", top);
  for (const column& c : o.columns) {
    const std::string_view who = c.name;
    if (who != "static" && who != "manual_10min" && !c.automatic) continue;
    fmt::print("  {:<16} {}\n", fmt::format("{} {}", c.who, c.how), sparkline(c.report.health, width, 1.0, top));
  }
}

/// The notes of lowest health, at least an hour apart, in order of time.
std::vector<note> worst_moments(const run_report& r, std::size_t how_many, std::size_t blocks_apart) {
  std::vector<note> ranked = r.notes;
  std::stable_sort(ranked.begin(), ranked.end(), [](const note& x, const note& y) { return x.health < y.health; });
  std::vector<note> chosen;
  for (note& n : ranked) {
    if (chosen.size() == how_many) break;
    const auto near = [&](const note& other) {
      return (n.block > other.block ? n.block - other.block : other.block - n.block) < blocks_apart;
    };
    if (std::none_of(chosen.begin(), chosen.end(), near)) chosen.push_back(std::move(n));
  }
  std::sort(chosen.begin(), chosen.end(), [](const note& x, const note& y) { return x.block < y.block; });
  return chosen;
}

void print_moments(const scenario& s, const outcome& o) {
  constexpr std::size_t how_many = 3;
  const auto hour = static_cast<std::size_t>(3'600 / s.rules.block_seconds);
  for (const column& c : o.columns) {
    if (!c.automatic || c.report.notes.empty()) continue;
    fmt::print("\nWhat {} {} said at its worst moments:\n", c.who, c.how);
    for (const note& n : worst_moments(c.report, how_many, hour)) {
      const std::int64_t when = o.facts.first_time + s.rules.block_seconds * static_cast<std::int64_t>(n.block);
      fmt::print("  {}  {}\n", utc(when), n.text);
    }
  }
}

}  // namespace

void print_text(const arguments& a, const scenario& s, const outcome& o) {
  const market_facts& f = o.facts;
  fmt::print("Market   {}: {} rows of {} s, {} to {} UTC, {} blocks of {} s\n",
             a.assets.empty() ? fmt::format("generated crash, seed {}", a.seed) : a.assets[0].path, s.rows,
             f.bar_seconds, utc(f.first_time), utc(f.last_time), f.blocks, s.rules.block_seconds);
  fmt::print("         price {:.6g} at the opening, lowest {:.6g}, highest {:.6g}\n", f.opening_price, f.lowest,
             f.highest);
  fmt::print("Oracle   {}; {} prints; kept out: {} wicks of the file, {} single observations\n",
             a.oracle.empty() ? fmt::format("built from the market, deviation {:g} %, heartbeat {} s",
                                            100.0 * s.rules.feed.deviation, s.rules.feed.heartbeat_seconds)
                              : a.oracle,
             f.prints, s.wicks.size(), f.spikes);
  fmt::print("Account  health {:.4g}, collateral {} ({}), debt {} = {:g} % of one side of the pool\n", a.health,
             grouped(f.opening_collateral), fmt::format("{}", fmt::join(s.names, ", ")), grouped(a.debt),
             100.0 * a.debt_share);
  fmt::print("Band     act at {:g}, restore to {:g}, all at once at {:g}; transactions take {} s\n", a.lower, a.target,
             a.emergency, a.delay);
  fmt::print(
      "         worst fall within {} s: {:.2f} %; with the oracle's deviation this asks for a lower edge of {:.4f}: "
      "{}\n",
      a.delay, 100.0 * f.worst_fall, f.edge, a.lower >= f.edge ? "the band has it" : "THE BAND IS BELOW IT");
  if (f.bar_seconds > 300) {
    fmt::print("         bars of {} s say little about minutes: no conclusion about delays from this file\n",
               f.bar_seconds);
  }
  fmt::print("\n");
  print_table(a, o);
  print_causes(o);
  print_health(a, o);
  print_moments(s, o);
}

}  // namespace replay
