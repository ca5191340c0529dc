// Serves a folder as S3-compatible storage, each folder in it a bucket, until its standard input is closed. This is
// Versity's gateway. It can't tell which port the kernel gave it, so it listens on a socket, and here on a port, which is
// printed. Clients sign with the AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of its environment.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"os"

	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/s3api"
	"github.com/versity/versitygw/s3api/middlewares"
)

func main() {
	folder, socket := os.Args[1], os.Args[2]
	id, secret := os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY")
	storage, err := posix.New(folder, meta.NoMeta{}, posix.PosixOpts{CopyObjectThreshold: 5 << 30}) // bytes
	exitOn(err)
	owner := auth.NewIAMServiceSingle(auth.Account{Access: id, Secret: secret, Role: auth.RoleAdmin})
	root := middlewares.RootUserConfig{Access: id, Secret: secret}
	listens := make(chan struct{})
	server, err := s3api.New(storage, root, "us-east-1", owner, nil, nil, nil, nil,
		s3api.WithConcurrencyLimiter(1000, 1000), s3api.WithQuiet(), s3api.WithOnListen(func() { close(listens) }))
	exitOn(err)
	go func() { exitOn(server.ServeMultiPort([]string{socket})) }()
	<-listens

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	exitOn(err)
	fmt.Println(listener.Addr())
	go func() {
		for {
			client, err := listener.Accept()
			exitOn(err)
			go connect(client, socket)
		}
	}()
	io.Copy(io.Discard, os.Stdin)
}

func connect(client net.Conn, socket string) {
	defer client.Close()
	server, err := net.Dial("unix", socket)
	exitOn(err)
	defer server.Close()
	go io.Copy(server, client)
	io.Copy(client, server)
}

func exitOn(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
