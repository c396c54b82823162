// SPDX-License-Identifier: MIT
#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "print.hpp"
#include <cmath>

namespace replay {

using namespace trimtab::simulate;
using json = nlohmann::ordered_json;

namespace {

/// JSON has no infinity.
json number(double value) {
  return std::isfinite(value) ? json(value) : json(nullptr);
}

json column_of(const column& c, const scenario& s, const outcome& o) {
  const run_report& r = c.report;
  const costs& k = r.equity.costs;
  json causes = json::object();
  for (std::size_t i = 0; i < liquidation_causes; ++i) {
    if (r.causes[i] > 0) causes[name(static_cast<liquidation_cause>(i))] = r.causes[i];
  }
  json notes = json::array();
  for (const note& n : r.notes) {
    notes.push_back({{"unix_seconds", o.facts.first_time + s.rules.block_seconds * static_cast<std::int64_t>(n.block)},
                     {"health", number(n.health)},
                     {"text", n.text}});
  }
  return {{"name", c.name},
          {"bar_order", r.order == bar_order::high_first ? "high_first" : "low_first"},
          {"liquidations", r.counts.liquidations},
          {"causes", causes},
          {"saveable", c.automatic ? json(r.saveable()) : json(nullptr)},
          {"trades", r.counts.trades},
          {"reverts", r.counts.reverts},
          {"lost", r.counts.lost},
          {"acted", r.acted},
          {"refusals", r.refusals},
          {"minimum_health", number(r.minimum_health)},
          {"idle_collateral_per_debt", r.idle_per_debt},
          {"average_debt", r.average_debt},
          {"costs",
           {{"impact", k.impact},
            {"fee", k.fee},
            {"premium", k.premium},
            {"gas", k.gas},
            {"reward", k.reward},
            {"trading", k.trading()},
            {"liquidation", k.liquidation},
            {"interest", k.interest},
            {"written_off", k.written_off}}},
          {"equity",
           {{"opening", r.equity.opening},
            {"exposure", r.equity.exposure},
            {"closing", r.equity.closing},
            {"unexplained", r.equity.unexplained()}}},
          {"notes", notes}};
}

}  // namespace

void print_json(const arguments& a, const scenario& s, const outcome& o) {
  const market_facts& f = o.facts;
  json wicks = json::array();
  for (const wick& w : s.wicks) wicks.push_back({{"unix_seconds", w.time}, {"printed", w.printed}, {"kept", w.kept}});
  json columns = json::array();
  for (const column& c : o.columns) columns.push_back(column_of(c, s, o));
  const json all = {{"market",
                     {{"prices", a.assets.empty() ? "generated" : a.assets[0].path},
                      {"first_time", f.first_time},
                      {"last_time", f.last_time},
                      {"bar_seconds", f.bar_seconds},
                      {"blocks", f.blocks},
                      {"opening_price", f.opening_price},
                      {"lowest", f.lowest},
                      {"highest", f.highest},
                      {"oracle_prints", f.prints},
                      {"wicks", wicks}}},
                    {"account",
                     {{"health", a.health},
                      {"debt", a.debt},
                      {"collateral", f.opening_collateral},
                      {"debt_share", a.debt_share},
                      {"threshold", a.lt},
                      {"bonus", a.bonus}}},
                    {"band", {{"lower", a.lower}, {"target", a.target}, {"emergency", a.emergency}}},
                    {"delay_seconds", a.delay},
                    {"worst_fall_within_delay", f.worst_fall},
                    {"worst_unanswered_fall", f.worst_unanswered},
                    {"lower_edge_demanded", f.edge},
                    {"columns", columns}};
  fmt::print("{}\n", all.dump(2));
}

}  // namespace replay
