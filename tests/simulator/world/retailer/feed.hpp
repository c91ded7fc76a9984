#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "store/values/result.hpp"
#include "tests/simulator/population.hpp"

namespace gatehouse::simulator {

/// The retailer's shopper database as a CouchDB serves it. The population has the sequences 1..N
/// without being stored; a document that changes moves to the end, as in CouchDB, and a deleted
/// one stays as a tombstone. Besides shoppers the feed carries one instrument and one document of
/// a type that nobody knows. One thread.
class Feed {
 public:
  explicit Feed(Population population);

  /// Adds or replaces a document; `document` must be an object, its _id and _rev are set here.
  void put(const std::string& document_id, nlohmann::ordered_json document);
  /// The document as it is now, without _id and _rev; nullopt where there is none or no more.
  [[nodiscard]] std::optional<nlohmann::ordered_json> find(const std::string& document_id) const;
  /// False: there is no such document.
  [[nodiscard]] bool remove(const std::string& document_id);

  struct Page {
    std::string json;  ///< the whole answer: results, last_seq, pending
    std::size_t rows = 0;
  };
  /// The changes after `since`, oldest first, at most `limit`.
  [[nodiscard]] Page changes(std::uint64_t since, std::size_t limit, bool include_docs) const;

  /// A cursor as clients see it: "123-g1AAAA…". Only what this feed issued is taken back, "0" and
  /// "now" besides: a client that takes a cursor apart is refused.
  [[nodiscard]] std::string cursor(std::uint64_t sequence) const;
  [[nodiscard]] Result<std::uint64_t> sequence_of(std::string_view cursor) const;
  [[nodiscard]] std::uint64_t last_sequence() const { return last_sequence_; }

 private:
  struct Document {
    std::uint64_t sequence = 0;
    std::uint64_t revision = 1;
    bool deleted = false;
    std::shared_ptr<const nlohmann::ordered_json> body;
  };
  std::optional<std::uint64_t> population_index(std::string_view document_id) const;
  void move_to_end(const std::string& document_id, Document& document);
  void write_row(std::string& json, std::uint64_t sequence, const std::string& id,
                 const Document& document, bool include_docs) const;
  std::uint64_t rows_after(std::uint64_t sequence) const;

  Population population_;
  std::uint64_t last_sequence_;
  std::unordered_map<std::string, Document> changed_;  // everything that is not as the seed made it
  std::map<std::uint64_t, std::string> moved_;         // sequence -> document id of changed_
  std::set<std::uint64_t> vacated_;                    // sequences of the population now unused
};

}  // namespace gatehouse::simulator
