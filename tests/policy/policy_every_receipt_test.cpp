// SPDX-License-Identifier: MIT
// All sequences of six receipts, of every kind and for the right, a stale and a future nonce, with or without a look
// before each, after an order was proposed. States that cannot be told apart are visited once, and counted as often as
// they are reached.
#include <gtest/gtest.h>

#include <trimtab/policy/policy.hpp>

#include "support/keepers.hpp"
#include <array>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

using namespace trimtab;

constexpr double healthy = 1.4, below = 1.12, urgent = 1.03;
constexpr std::array looks{0.0, healthy, below, urgent};  // 0: none
constexpr std::array kinds{receipt_kind::sent,      receipt_kind::partially_filled, receipt_kind::filled,
                           receipt_kind::reverted,  receipt_kind::replaced,         receipt_kind::expired,
                           receipt_kind::liquidated};
constexpr seconds tick{30};
constexpr std::size_t length = 6;

// What the world knows and the policy need not: what was proposed last, what is out, which nonces are used up.
template <class Policy>
struct node {
  typename Policy::state_type state{};
  std::uint64_t proposal = 0;
  timestamp proposal_until = never;
  bool flying = false;
  std::uint64_t flying_nonce = 0;
  timestamp flying_until = never;
  std::uint64_t used = 0;  // a bit a nonce
  double ways = 1.0;       // sequences that lead here
  std::array<std::uint8_t, length> path{};
};

using fingerprint = std::array<std::uint64_t, 24>;
struct hash_of {
  std::size_t operator()(const fingerprint& f) const noexcept {
    std::uint64_t h = 0xcbf29ce484222325ULL;
    for (const std::uint64_t x : f) h = (h ^ x) * 0x100000001b3ULL, h ^= h >> 29;
    return static_cast<std::size_t>(h);
  }
};
std::uint64_t word(timestamp t) {
  return static_cast<std::uint64_t>(unix_seconds(t));
}
std::uint64_t word(double x) {
  return std::bit_cast<std::uint64_t>(x);
}
std::uint64_t word(const intent& i) {
  return static_cast<std::uint64_t>(i.towards) | (i.more_to_come ? 16U : 0U);
}

template <class Policy>
fingerprint key(const node<Policy>& n) {
  const order& o = n.state.order;
  const auto& band = get<0>(n.state.trigger);
  return {static_cast<std::uint64_t>(o.status) | (o.episode_open ? 256U : 0U) | (o.gave_up ? 512U : 0U) |
              (o.gave_up_a_piece ? 1024U : 0U) | (n.flying ? 2048U : 0U) | (get<1>(n.state.trigger).ready ? 4096U : 0U),
          word(o.current),
          word(o.replacement),
          o.nonce,
          o.episode,
          word(o.sent_at),
          word(o.fee),
          word(o.bid),
          word(o.deadline),
          word(o.current.target),
          word(o.current.expected.collateral_by),
          word(o.current.expected.debt_by),
          word(o.replacement.expected.collateral_by),
          word(o.replacement.expected.debt_by),
          static_cast<std::uint64_t>(band.where),
          word(n.state.last_fill),
          word(n.state.last_look),
          n.proposal,
          word(n.proposal_until),
          n.flying_nonce,
          word(n.flying_until),
          n.used,
          word(band.health),
          0};
}

struct tally {
  double sequences = 0.0;
  long states = 0, looks = 0;
  int faults = 0;
};

template <class Policy>
struct walk {
  const Policy& rule;
  tally t{};
  std::array<snapshot<cases::pool>, 3> unused{};

  void fault(const node<Policy>& n, std::size_t depth, const char* what, const typename Policy::decision_type& d) {
    if (++t.faults > 5) return;
    std::string path;
    for (std::size_t i = 0; i < depth; ++i)
      path += " look " + std::to_string(n.path[i] / 21) + " kind " + std::to_string(n.path[i] % 21 / 3) + " nonce " +
              std::to_string(n.path[i] % 3);
    ADD_FAILURE() << what << " after" << path << ": " << name(d.verdict) << ' ' << name(d.reason) << " nonce "
                  << d.nonce;
  }

  void look(node<Policy>& n, double health, timestamp now, std::size_t depth) {
    const cases::watched w = cases::watching(health, now);
    const order before = n.state.order;
    const auto d = rule(n.state, w.look());
    const order& after = d.state.order;
    ++t.looks;
    if (d.state.last_fill != n.state.last_fill && d.state.last_fill > n.state.last_fill)
      fault(n, depth, "a look that fills", d);
    if (d.verdict == verdict::refuse) fault(n, depth, "refused with nothing in the way", d);
    if (d.reason == errc::cooldown && d.state.last_fill == never) fault(n, depth, "cools down after no fill", d);
    if (d.reason == errc::pace && (d.emergency || !after.episode_open)) fault(n, depth, "no pace here", d);
    if (d.reason == errc::pending && after.status != order_status::pending) fault(n, depth, "waits for nothing", d);
    if (after.nonce < before.nonce) fault(n, depth, "nonces run backwards", d);
    if (d.verdict == verdict::rebalance) {
      const bool out = before.status == order_status::pending && before.in_flight(now);
      if (d.nonce != after.nonce) fault(n, depth, "another nonce than the order's", d);
      if (n.flying && now <= n.flying_until && d.nonce != n.flying_nonce)
        fault(n, depth, "a second trade while one is in flight", d);
      if ((n.used >> d.nonce & 1U) != 0) fault(n, depth, "a used nonce", d);
      if (d.replaces != out) fault(n, depth, "replaces what is not out", d);
      if (d.replaces && (after.episode != before.episode || d.nonce != before.nonce))
        fault(n, depth, "a replacement in another episode", d);
      if (d.replaces && d.gas_price < before.fee * 1.125 * (1.0 - 1e-15)) fault(n, depth, "bids too little", d);
      n.proposal = d.nonce;
      n.proposal_until = d.deadline;
    }
    if (health == urgent && d.verdict != verdict::rebalance &&
        !(d.reason == errc::pending && d.health_with_fill > cases::two_sided.emergency &&
          now - after.sent_at < rule.execution.resend_after))
      fault(n, depth, "silent in an emergency", d);
    n.state = d.state;
  }

  void tell(node<Policy>& n, const receipt& r, std::size_t depth) {
    const auto before = n.state;
    const bool proposed = n.proposal_until != never && r.nonce == n.proposal;
    const bool ours = (n.flying && r.nonce == n.flying_nonce) || proposed;
    if (ours && (n.used >> r.nonce & 1U) == 0) switch (r.kind) {
        case receipt_kind::sent:
        case receipt_kind::replaced:
          if (!proposed || r.at > n.proposal_until) break;  // sent too late to execute
          n.flying = true;
          n.flying_nonce = r.nonce;
          n.flying_until = n.proposal_until;
          break;
        case receipt_kind::liquidated:
          break;
        default:
          n.used |= std::uint64_t{1} << r.nonce;
          if (n.flying_nonce == r.nonce) n.flying = false;
      }
    n.state = rule.on_receipt(before, r);
    const bool fill = r.kind == receipt_kind::filled || r.kind == receipt_kind::partially_filled;
    if (n.state.last_fill != before.last_fill && !fill) fault(n, depth, "cools down without a fill", {});
    if (n.state.order.episode != before.order.episode) fault(n, depth, "a receipt that begins an episode", {});
    if (n.state.order.nonce < before.order.nonce || n.state.order.nonce > before.order.nonce + 1)
      fault(n, depth, "a receipt that skips a nonce", {});
    if (r.kind == receipt_kind::replaced && n.state.order.nonce != before.order.nonce)
      fault(n, depth, "a replacement that ends its nonce", {});
    if (n.state.order.episode_open && !before.order.episode_open && !fill)
      fault(n, depth, "an episode opened without a fill", {});
  }

  tally run() {
    node<Policy> first;
    look(first, below, cases::start, 0);
    std::vector<node<Policy>> layer{first};
    for (std::size_t depth = 0; depth < length; ++depth) {
      const timestamp now = cases::start + tick * static_cast<long>(2 * depth + 1), later = now + tick;
      std::unordered_map<fingerprint, node<Policy>, hash_of> next;
      for (const auto& from : layer)
        for (std::size_t l = 0; l < looks.size(); ++l) {
          node<Policy> looked = from;
          if (looks[l] > 0.0) look(looked, looks[l], now, depth);
          for (std::size_t k = 0; k < kinds.size(); ++k)
            for (const int off : {0, 1, -1}) {
              const std::uint64_t nonce = looked.state.order.nonce + static_cast<std::uint64_t>(off);
              if (nonce == ~std::uint64_t{0}) continue;  // there is no nonce before the first
              node<Policy> told = looked;
              told.path[depth] = static_cast<std::uint8_t>(l * 21 + k * 3 + static_cast<std::size_t>(off + 1));
              tell(told, {.kind = kinds[k], .nonce = nonce, .at = later}, depth + 1);
              t.sequences += told.ways;
              const auto [at, fresh] = next.try_emplace(key(told), told);
              if (!fresh) at->second.ways += told.ways;
            }
        }
      layer.clear();
      for (auto& [k, n] : next) layer.push_back(n);
      t.states += static_cast<long>(layer.size());
      // Wherever this leaves us: once what is out has timed out, an emergency acts, and acts once.
      for (const auto& n : layer) {
        const auto d = rule(n.state, cases::watching(urgent, later + cases::wait + seconds{1}).look());
        if (d.verdict != verdict::rebalance) fault(n, depth + 1, "cannot act again", d);
        if ((n.used >> d.nonce & 1U) != 0) fault(n, depth + 1, "acts with a used nonce", d);
      }
    }
    return t;
  }
};

template <class Policy>
void expect_no_fault(const Policy& rule, const char* what) {
  const tally t = walk<Policy>{rule}.run();
  std::printf("receipts, %s: %.4g sequences up to length %zu, %ld states, %ld looks, %d faults\n", what, t.sequences,
              length, t.states, t.looks, t.faults);
  EXPECT_EQ(t.faults, 0);
  EXPECT_GT(t.sequences, 1e9);
}

execution resending() {
  auto e = cases::plain_execution;
  e.resend_after = seconds{45};
  e.pace = seconds{45};
  return e;
}

TEST(PolicyEveryReceipt, AWholeOrder) {
  expect_no_fault(
      policy{cases::home.model, cases::guards, trigger::all_of{cases::two_sided, trigger::cooldown{cases::cooling}},
             sizing::both_ways{sizing::restore_target{}, sizing::leverage_up{}}, resending()},
      "whole");
}

TEST(PolicyEveryReceipt, AnEpisodeInPieces) {
  expect_no_fault(
      policy{cases::home.model, cases::guards, trigger::all_of{cases::two_sided, trigger::cooldown{cases::cooling}},
             sizing::both_ways{sizing::in_chunks{sizing::restore_target{}, {1.0}}, sizing::leverage_up{}}, resending()},
      "in pieces");
}

}  // namespace
