// SPDX-License-Identifier: MIT
// Observations and windows of scripted pools against the real contract and its library: every row and column.
#include <gtest/gtest.h>

#include <trimtab/liquidity/exact_tick.hpp>
#include <trimtab/oracle/tick_window.hpp>

#include "support/exact_pools.hpp"
#include "support/vectors.hpp"
#include <map>
#include <string>
#include <vector>

namespace trimtab {
namespace {

using oracle::tick_observation;
using oracle::tick_ring;
using test::row;
using test::signed_of;
using test::text_of;
using test::tick_of;
using test::vector_file;
using test::wide_of;

timestamp time_of(const row& r, const char* column) {
  return at_unix(signed_of(r.text(column)));
}

struct script {
  std::vector<tick_observation> memory;
  tick_ring ring;
  long long events = 0;
};

TEST(TickWindowVectors, ScriptedPools) {
  const std::map<std::string, std::size_t> cardinalities{
      {"calm", 60}, {"volatile", 60}, {"same_block", 60}, {"short_ring", 8}};
  std::map<std::string, script> scripts;
  vector_file events("pools/univ3_twap_events.csv");
  for (const row& r : events.rows()) {
    const auto cardinality = cardinalities.find(r.text("script"));
    ASSERT_NE(cardinality, cardinalities.end()) << r.text("script");
    script& s = scripts[r.text("script")];
    SCOPED_TRACE(r.text("script") + " " + r.text("seq"));
    EXPECT_EQ(signed_of(r.text("seq")), s.events++);
    const timestamp now = time_of(r, "timestamp");
    const std::int32_t tick = tick_of(r, "tick");
    const uint256 price = wide_of(r, "sqrt_price_x96"), liquidity = wide_of(r, "liquidity");
    const auto of_price = liquidity::tick_at(price);
    ASSERT_TRUE(of_price.has_value());
    EXPECT_TRUE(tick == *of_price || (tick == *of_price - 1 && *liquidity::sqrt_price_at(*of_price) == price));
    if (r.text("event") == "init") {
      s.memory.resize(cardinality->second);
      s.ring.slots = s.memory;
      EXPECT_EQ(s.ring.start(now, tick, liquidity), errc::ok);
    } else {
      EXPECT_EQ(r.text("event"), "swap");
      EXPECT_EQ(s.ring.moved(now, tick, liquidity), errc::ok);
    }
    EXPECT_EQ(s.ring.validate(), errc::ok);
    events.count();
  }
  events.report();
  EXPECT_EQ(events.checked(), events.rows().size());

  vector_file windows("pools/univ3_twap_windows.csv");
  for (const row& r : windows.rows()) {
    SCOPED_TRACE(r.text("script") + " " + r.text("seconds_ago_start") + " " + r.text("seconds_ago_end"));
    const tick_ring& ring = scripts.at(r.text("script")).ring;
    const timestamp now = time_of(r, "now");
    const auto ago = [&](const char* column) { return now - seconds{signed_of(r.text(column))}; };
    const auto w = ring.window(ago("seconds_ago_start"), ago("seconds_ago_end"), now);
    const bool to_now = r.text("seconds_ago_end") == "0";
    if (r.text("status") == "OLD") {
      EXPECT_EQ(w.error(), errc::outside_validity);
      for (const char* column : {"tick_cum_start", "tick_cum_end", "mean_tick", "consult_mean_tick",
                                 "consult_harmonic_liquidity", "spl_cum_start_x128", "spl_cum_end_x128"})
        EXPECT_EQ(r.text(column), "");
    } else {
      EXPECT_EQ(r.text("status"), "ok");
      ASSERT_TRUE(w.has_value()) << name(w.error());
      EXPECT_EQ(w->start.tick_seconds, signed_of(r.text("tick_cum_start")));
      EXPECT_EQ(w->end.tick_seconds, signed_of(r.text("tick_cum_end")));
      EXPECT_EQ(w->mean_tick, tick_of(r, "mean_tick"));
      EXPECT_EQ(text_of(w->start.seconds_per_liquidity_x128), r.text("spl_cum_start_x128"));
      EXPECT_EQ(text_of(w->end.seconds_per_liquidity_x128), r.text("spl_cum_end_x128"));
      EXPECT_EQ(to_now ? std::to_string(w->mean_tick) : "", r.text("consult_mean_tick"));
      EXPECT_EQ(to_now ? text_of(w->harmonic_mean_liquidity) : "", r.text("consult_harmonic_liquidity"));
    }
    windows.count();
  }
  windows.report();
  EXPECT_EQ(windows.checked(), windows.rows().size());
}

}  // namespace
}  // namespace trimtab
