# One server with everything (docker/compose.prod.yml). Its data lives on a volume and its address is its own, so the
# server is replaced without losing either. How it grows beyond one server: docker/README.md.
terraform {
  required_version = ">= 1.9"
  required_providers {
    hcloud = {
      source  = "hetznercloud/hcloud"
      version = "~> 1.60"
    }
  }
}

# The token comes from the environment: HCLOUD_TOKEN.
provider "hcloud" {}

resource "hcloud_ssh_key" "operator" {
  name       = "${var.name}-operator"
  public_key = var.ssh_public_key
}

resource "hcloud_network" "private" {
  name     = var.name
  ip_range = "10.20.0.0/16"
}

resource "hcloud_network_subnet" "servers" {
  network_id   = hcloud_network.private.id
  type         = "cloud"
  network_zone = var.network_zone
  ip_range     = "10.20.1.0/24"
}

resource "hcloud_firewall" "server" {
  name = var.name

  rule {
    description = "web"
    direction   = "in"
    protocol    = "tcp"
    port        = "80"
    source_ips  = ["0.0.0.0/0", "::/0"]
  }
  rule {
    description = "web"
    direction   = "in"
    protocol    = "tcp"
    port        = "443"
    source_ips  = ["0.0.0.0/0", "::/0"]
  }
  rule {
    description = "HTTP/3"
    direction   = "in"
    protocol    = "udp"
    port        = "443"
    source_ips  = ["0.0.0.0/0", "::/0"]
  }
  rule {
    description = "the operator"
    direction   = "in"
    protocol    = "tcp"
    port        = "22"
    source_ips  = var.operator_addresses
  }
}

# Docker's data: Postgres, Redis, the index, backups on the way out. It outlives the server.
resource "hcloud_volume" "data" {
  name              = "${var.name}-data"
  size              = var.data_gb
  location          = var.location
  format            = "ext4"
  delete_protection = true
}

resource "hcloud_primary_ip" "address" {
  name        = var.name
  type        = "ipv4"
  location    = var.location
  auto_delete = false
}

resource "hcloud_server" "server" {
  name         = var.name
  server_type  = var.server_type
  image        = "debian-13"
  location     = var.location
  ssh_keys     = [hcloud_ssh_key.operator.id]
  firewall_ids = [hcloud_firewall.server.id]
  backups      = true
  labels       = { part-of = var.name }
  user_data    = local.cloud_init

  public_net {
    ipv4 = hcloud_primary_ip.address.id
  }
  network {
    network_id = hcloud_network.private.id
  }

  depends_on = [hcloud_network_subnet.servers]
  lifecycle {
    # A change of what happens at the first boot makes no new server.
    ignore_changes = [user_data, ssh_keys]
  }
}

resource "hcloud_volume_attachment" "data" {
  volume_id = hcloud_volume.data.id
  server_id = hcloud_server.server.id
  automount = false
}

# Where the zone is at Hetzner; elsewhere the operator makes the record by hand.
resource "hcloud_zone_rrset" "name" {
  count   = var.dns_zone == "" ? 0 : 1
  zone    = var.dns_zone
  name    = trimsuffix(var.domain, ".${var.dns_zone}")
  type    = "A"
  ttl     = 300
  records = [{ value = hcloud_primary_ip.address.ip_address }]
}

locals {
  cloud_init = templatefile("${path.module}/cloud-init.yaml.tftpl", {
    volume = hcloud_volume.data.linux_device
    key    = var.ssh_public_key
  })
}
