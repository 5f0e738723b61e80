// The Go server that is measured: a small JSON answer, and one row from PostgreSQL.
//
// The same two endpoints, the same answers and the same number of connections as
// fastapi_server.py, with net/http and database/sql. Settings come from the environment.
package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"

	_ "github.com/lib/pq"
)

const rowQuery = "SELECT id, name, price_cents, in_stock FROM item WHERE id = $1"

type item struct {
	ID         int    `json:"id"`
	Name       string `json:"name"`
	PriceCents int    `json:"price_cents"`
	InStock    bool   `json:"in_stock"`
}

func main() {
	db := openPool(os.Getenv("HEADROOM_DATABASE_URL"), os.Getenv("HEADROOM_POOL"))
	// Prepared once for each connection, as asyncpg does by itself.
	statement, err := db.Prepare(rowQuery)
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/json", smallJSON)
	http.HandleFunc("/row/", func(w http.ResponseWriter, r *http.Request) { row(statement, w, r) })
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("HEADROOM_PORT"), nil))
}

func openPool(url, size string) *sql.DB {
	connections, err := strconv.Atoi(size)
	if err != nil {
		log.Fatal(err)
	}
	db, err := sql.Open("postgres", url+"?sslmode=disable")
	if err != nil {
		log.Fatal(err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections) // The default of 2 would reconnect all the time.
	return db
}

func smallJSON(w http.ResponseWriter, r *http.Request) {
	answer(w, item{ID: 1, Name: "Item 1", PriceCents: 101, InStock: true})
}

func row(statement *sql.Stmt, w http.ResponseWriter, r *http.Request) {
	number, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/row/"))
	if err != nil {
		http.Error(w, "not a number", http.StatusUnprocessableEntity)
		return
	}
	var found item
	// Not tied to the request: a client that hangs up would cost the pool a connection, and
	// the Python side lets the query end as well.
	err = statement.QueryRow(number).Scan(&found.ID, &found.Name, &found.PriceCents, &found.InStock)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		http.NotFound(w, r)
	case err != nil:
		log.Print(err)
		http.Error(w, "the database failed", http.StatusInternalServerError)
	default:
		answer(w, found)
	}
}

func answer(w http.ResponseWriter, found item) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(found); err != nil {
		log.Print(err)
	}
}
